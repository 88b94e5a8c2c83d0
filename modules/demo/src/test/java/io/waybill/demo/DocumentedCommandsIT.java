package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first steps, and the guide's pages that follow the tutorial's code. */
@ExtendWith(GuideRig.Shared.class)
class DocumentedCommandsIT {
  @Test
  @Runs("first-steps.md")
  void firstStepsWorkAsWritten(TestInfo test, GuideRig rig) throws Exception {
    String output = rig.run(test, "/events");

    assertThat(output)
        .contains("completed", "duplicate", "failed", "replayed", "attempts-exhausted")
        .contains("organizationId", "options.priority")
        .doesNotContain("s3cr3t");
    assertThat(rig.receiver().requests("/events"))
        .filteredOn(request ->
            request
                .bodyText()
                .equals(
                    "{\"reportId\": \"daily-1\", \"totalEvents\": 1250, \"price\": 1.10,"
                        + " \"id\": 9007199254740993}"))
        .as("sent once although it was published twice")
        .hasSize(1);
    assertThat(rig.receiver().requests("/events"))
        .filteredOn(request -> request.bodyText().equals("1"))
        .as("replayed once to the mended destination")
        .hasSize(1);
    assertThat(rig.receiver().requests("/events"))
        .filteredOn(request -> request.bodyText().equals("2"))
        .as("cancelled before it was due")
        .isEmpty();
  }

  @Test
  @Tag("long")
  @Runs({
    "guide/basic-implementation.md",
    "guide/healthcare-compliance.md",
    "guide/multi-destination-fanout.md"
  })
  void theTutorialWorksAsWritten(TestInfo test, GuideRig rig) throws Exception {
    String output = rig.run(test, "/guide");

    assertThat(output)
        .contains("encryption-key-missing", "not-enforced-yet", "storage.platformCredentials")
        .doesNotContain("s3cr3t", GuideRig.SECRET_ACCESS_KEY, "Exception");
    assertThat(rig.mail().getReceivedMessages())
        .extracting(message -> message.getAllRecipients()[0].toString())
        .containsExactlyInAnyOrder(
            "compliance@hospital.com",
            "security@hospital.com",
            "privacy-officer@hospital.com",
            "compliance@enterprise.com");
    for (MimeMessage message : rig.mail().getReceivedMessages()) {
      assertThat(new String(message.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .doesNotContain("{{");
      assertThat(message.getSubject()).doesNotContain("{{");
    }
    assertThat(rig.receiver().requests("/guide")).as("the report and the access").hasSize(2);
    assertThat(rig.store().objects(GuideRig.ARCHIVE))
        .singleElement()
        .satisfies(object ->
            assertThat(object.key()).startsWith("audit-logs/hospital-001/").endsWith(".json"));
    assertThat(rig.store().objects(GuideRig.BACKUP))
        .singleElement()
        .satisfies(object ->
            assertThat(
                    new String(
                        rig.store().content(GuideRig.BACKUP, object.key()), StandardCharsets.UTF_8))
                .isEqualTo(
                    "{\"eventId\": \"evt-77\", \"action\": \"login\", \"userId\": \"u-17\"}"));
  }

  @Test
  @Tag("long")
  @Runs("guide/fallback.md")
  void fallbacksWorkAsWritten(TestInfo test, GuideRig rig) throws Exception {
    assertThat(rig.run(test, "/fallback")).contains("completed");
    assertThat(rig.receiver().requests("/fallback")).isNotEmpty();
  }

  @Test
  @Tag("long")
  @Runs("monitoring.md")
  void monitoringWorksAsWritten(TestInfo test, GuideRig rig) throws Exception {
    assertThat(rig.run(test, "/monitoring"))
        .contains("consecutive-failures", "unhealthy", "moves to another host on Monday");
  }
}
