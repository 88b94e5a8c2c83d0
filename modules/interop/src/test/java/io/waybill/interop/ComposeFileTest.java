package io.waybill.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.waybill.app.Main;
import io.waybill.app.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * docker-compose.yml and the image it builds, read and not run: what Compose would refuse, and what
 * would start but not be what the file promises.
 */
class ComposeFileTest {
  private static final Path TOP = Path.of("..", "..");

  /** A tag with a number in it: {@code latest} or none is another program every week. */
  private static final Pattern PINNED = Pattern.compile("[a-z0-9./-]+:[\\w.-]*\\d[\\w.-]*");

  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+):\\d+");

  private static final String SCHEMA = "/compose-spec/compose-spec.json";

  private static String yaml;
  private static ComposeFile file;

  @BeforeAll
  static void read() throws IOException {
    yaml = Files.readString(TOP.resolve("docker-compose.yml"));
    file = ComposeFile.parse(yaml);
  }

  @Test
  void isWhatTheComposeSpecificationAllows() throws IOException {
    assertThat(problems(file)).isEmpty();
  }

  @Test
  void theSpecificationFindsAMisspeltKey() throws IOException {
    assertThat(
            problems(ComposeFile.parse(yaml.replace("    mem_limit: 768m", "    mem_limits: 1"))))
        .singleElement()
        .asString()
        .contains("mem_limits");
  }

  @Test
  void waitsOnlyForWhatCanCome() {
    for (ComposeFile.Service service : file.services()) {
      service
          .waitsFor()
          .forEach((awaited, condition) -> {
            ComposeFile.Service other = file.service(awaited);
            assertThat(condition)
                .as("%s waits for %s", service.name(), awaited)
                .isEqualTo(
                    other.has("healthcheck")
                        ? "service_healthy"
                        : "service_completed_successfully");
            if (!other.has("healthcheck")) {
              assertThat(other.has("restart")).as("%s ends", awaited).isFalse();
            }
          });
    }
    assertThat(file.service("topics").waitsFor().keySet())
        .as("topics get three replicas")
        .containsExactlyInAnyOrder("kafka-1", "kafka-2", "kafka-3");
    assertThat(file.roles())
        .allSatisfy(role -> assertThat(role.waitsFor()).containsKeys("topics", "registry"));
  }

  @Test
  void runsEveryRoleInAContainerOfItsOwn() {
    List<String> words = new ArrayList<>();
    for (ComposeFile.Service service : file.roles()) {
      assertThat(service.option("--roles")).isEqualTo(service.name());
      words.add(service.name());
    }
    List<String> expected = new ArrayList<>(Arrays.stream(Role.values()).map(Role::word).toList());

    assertThat(words).containsExactlyInAnyOrderElementsOf(expected);
    // Two containers with one `instance` would fence each other.
    assertThat(file.services()).noneMatch(service -> service.has("deploy") || service.has("scale"));
  }

  @Test
  void publishesPortsOnLoopbackOnly() {
    Set<String> taken = new HashSet<>();
    for (ComposeFile.Service service : file.services()) {
      for (String port : service.texts("ports")) {
        Matcher matcher = PORT.matcher(port);
        assertThat(matcher.matches()).as("%s publishes %s", service.name(), port).isTrue();
        assertThat(taken.add(matcher.group(1))).as("port of %s", service.name()).isTrue();
      }
      assertThat(service.keys()).doesNotContainEntry("network_mode", "host");
    }
    assertThat(taken).isNotEmpty();
    assertThat(file.roles()).allSatisfy(role -> assertThat(role.texts("ports")).isEmpty());
  }

  @Test
  void pinsEveryImage() throws IOException {
    for (ComposeFile.Service service : file.services()) {
      if (!service.isBuiltHere()) {
        assertThat(service.text("image")).as(service.name()).matches(PINNED);
      }
    }
    assertThat(file.brokers())
        .hasSize(3)
        .allSatisfy(broker ->
            assertThat(broker.text("image"))
                .as("the version of our clients")
                .isEqualTo("apache/kafka:" + AppInfoParser.getVersion()));
    assertThat(file.service("registry").text("image"))
        .as("the version that the interoperability tests run")
        .isEqualTo(
            "apicurio/apicurio-registry:" + System.getProperty("waybill.interop.apicurio.version"));
    assertThat(dockerfile().filter(line -> line.startsWith("FROM ")))
        .hasSize(2)
        .allSatisfy(line ->
            assertThat(line.split(" ")[1]).matches(PINNED).startsWith("eclipse-temurin:25"));
  }

  @Test
  void limitsMemoryAndLogs() {
    assertThat(file.services())
        .allSatisfy(service -> {
          assertThat(service.text("mem_limit")).as(service.name()).matches("\\d+[mg]");
          assertThat(service.keys()).as(service.name()).containsKey("logging");
        });
  }

  @Test
  void holdsNoSecret() {
    for (ComposeFile.Service service : file.services()) {
      service.environment().entrySet().stream()
          .filter(entry -> entry.getKey().matches(".*(PASSWORD|CREDENTIAL|SECRET|TOKEN|JAAS).*"))
          .forEach(entry ->
              assertThat(entry.getValue())
                  .as("%s of %s is asked for", entry.getKey(), service.name())
                  .matches("\\$\\{\\w+:\\?.+}"));
    }
    assertThat(file.section("secrets")).containsOnlyKeys("keyset");
    assertThat(ComposeFile.map(file.section("secrets").get("keyset"))).containsOnlyKeys("file");
  }

  @Test
  void neitherGitNorTheBuilderTakesTheKeyset() throws IOException {
    String keyset =
        ComposeFile.map(file.section("secrets").get("keyset"))
            .get("file")
            .toString()
            .replaceAll("^\\$\\{\\w+:-\\.|}$", "");
    assertThat(Files.readAllLines(TOP.resolve(".gitignore"))).contains(keyset, "/.env");
    List<String> context =
        Files.readAllLines(TOP.resolve(".dockerignore")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(context).startsWith("*").doesNotContain("!deploy", "!.", "!.git", "!*");
  }

  @Test
  void givesRolesTheTimeThatTheyTakeToClose() {
    assertThat(file.roles())
        .allSatisfy(role ->
            assertThat(Integer.parseInt(role.text("stop_grace_period").replace("s", "")))
                .as(role.name())
                .isGreaterThanOrEqualTo(30));
  }

  @Test
  void theImageRunsJavaAsAUserWithoutRights() throws IOException {
    String text = Files.readString(TOP.resolve("Dockerfile"));
    assertThat(text).contains("\nENTRYPOINT [\"java\"").contains("\"/opt/waybill/waybill.jar\"]");
    assertThat(dockerfile().filter(line -> line.startsWith("USER ")))
        .as("the last word on the user")
        .last()
        .asString()
        .doesNotContain("root");
    assertThat(file.roles())
        .allSatisfy(role -> {
          assertThat(role.has("user")).isFalse();
          assertThat(role.texts("cap_drop")).containsExactly("ALL");
          assertThat(role.keys()).doesNotContainKeys("privileged", "cap_add", "entrypoint");
        });
  }

  @Test
  void rolesWriteToTheirVolumesAndNowhereElse() {
    assertThat(file.roles())
        .allSatisfy(role -> {
          assertThat(role.text("read_only")).as(role.name()).isEqualTo("true");
          // A native library is unpacked there and loaded, which tmpfs does not allow by itself.
          assertThat(role.texts("tmpfs"))
              .as(role.name())
              .singleElement()
              .asString()
              .matches("/tmp:(.*,)?exec(,.*)?");
        });
  }

  /** Another class path or another collector, and Java starts without the archive. */
  @Test
  void theImageStartsFromAnArchiveThatFits() throws IOException {
    String image = Files.readString(TOP.resolve("Dockerfile"));
    Path scripts = TOP.resolve(Path.of("deploy", "image"));
    String archive = Files.readString(scripts.resolve("archive-classes"));
    assertThat(image)
        .contains("archive-classes /opt/waybill/waybill.jar /opt/waybill/waybill.jsa")
        .contains("\"-XX:SharedArchiveFile=/opt/waybill/waybill.jsa\"")
        .contains("\"-jar\", \"/opt/waybill/waybill.jar\"");
    for (String flag : List.of("-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow")) {
      assertThat(image).contains("\"" + flag + "\"");
      assertThat(archive).contains(flag);
    }
    assertThat(Files.readString(scripts.resolve("launcher-jar")))
        .contains("Main-Class: " + Main.class.getName())
        .contains("Enable-Native-Access: ALL-UNNAMED");
    assertThat(Files.readAllLines(TOP.resolve(".dockerignore"))).contains("!deploy/image");
    for (String script : List.of("archive-classes", "launcher-jar")) {
      assertThat(image).contains(script);
      assertThat(Files.isExecutable(scripts.resolve(script))).isTrue();
    }
  }

  private static Stream<String> dockerfile() throws IOException {
    return Files.readAllLines(TOP.resolve("Dockerfile")).stream();
  }

  private static List<Error> problems(ComposeFile compose) throws IOException {
    // The schema names its dialect by an address that is not the dialect's own, and would be
    // fetched.
    String text =
        resource(SCHEMA)
            .replace(
                "https://json-schema.org/draft-07/schema",
                "http://json-schema.org/draft-07/schema#");
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(SchemaLocation.of("classpath:" + SCHEMA), text, InputFormat.JSON);
    return schema.validate(new ObjectMapper().writeValueAsString(compose.root()), InputFormat.JSON);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ComposeFileTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
