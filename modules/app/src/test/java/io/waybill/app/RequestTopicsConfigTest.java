package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.OrganizationId;
import io.waybill.wire.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code requestTopics}. */
class RequestTopicsConfigTest {
  private static final OrganizationId ACME = new OrganizationId("acme");

  @TempDir private Path folder;

  @Test
  void withoutTheSectionOneTopicSpeaksForAll() throws IOException {
    assertThat(read("").requestTopics()).isEqualTo(RequestTopicsConfig.defaults());
  }

  @Test
  void withItEachTopicSpeaksForWhomItSaysAndTheUsualOneForNobodyElse() throws IOException {
    WaybillConfig config =
        read(
            """
            requestTopics:
              waybill.requests.acme: [acme]
              partners: [acme, "globex"]
            """);

    assertThat(config.requestTopics().organizations())
        .isEqualTo(
            Map.of(
                "waybill.requests", Optional.of(Set.of()),
                "waybill.requests.acme", Optional.of(Set.of(ACME)),
                "partners", Optional.of(Set.of(ACME, new OrganizationId("globex")))));
    assertThat(ClusterCheck.wanted(config))
        .filteredOn(spec -> config.requestTopics().names().contains(spec.name()))
        .hasSize(3)
        .allSatisfy(spec -> {
          assertThat(spec.partitions()).isEqualTo(12);
          assertThat(spec.configs())
              .containsEntry("message.timestamp.type", "LogAppendTime")
              .containsEntry("retention.ms", "1209600000");
        });
    assertThat(ClusterCheck.wanted(config)).extracting(TopicSpec::name).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          requestTopics: [a]                      | requestTopics must hold keys and values
          requestTopics: {t: acme}                | requestTopics.t must be a list of organizations
          requestTopics: {t: ["a b"]}             | requestTopics.t must hold organizations
          requestTopics: {t: [acme, "*"]}         | must be "*" without a list
          requestTopics: {"a/b": [acme]}          | requestTopics.a/b is not a name
          requestTopics: {waybill.events: [acme]} | is one of Waybill's own topics
          requestTopics: {waybill.fan-out.rekeyed: "*"} | is one of Waybill's own topics
          """)
  void saysWhatIsWrong(String line, String message) {
    assertThatThrownBy(() -> read(line + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void alertsMustBeTakenOnTheTopicThatTheyArePublishedTo() throws IOException {
    String alerts =
        """
        alerts:
          destinations:
            - {organizationId: acme, destinationId: 3f1c3a9e-0000-4000-8000-000000000001}
        """;

    assertThatThrownBy(() -> read(alerts + "requestTopics: {t: [acme]}\n"))
        .hasMessageContaining("alerts.destinations names organization acme")
        .hasMessageContaining("Add it there in requestTopics");
    assertThat(read(alerts + "requestTopics: {t: [acme], waybill.requests: [acme]}\n")).isNotNull();
    assertThat(read(alerts + "requestTopics: {waybill.requests: \"*\"}\n")).isNotNull();
  }

  private WaybillConfig read(String yaml) throws IOException {
    Path file = folder.resolve("waybill.yaml");
    return ConfigFile.read(Files.writeString(file, ConfigFileTest.LEAST + yaml), Map.of());
  }
}
