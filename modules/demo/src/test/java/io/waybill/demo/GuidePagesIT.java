package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.client.WebhookVerifier;
import io.waybill.testkit.ReceivedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** The guide's pages for the sections that the tutorial has as headings: what receivers got. */
@Tag("long")
@ExtendWith(GuideRig.Shared.class)
class GuidePagesIT {
  private static final Pattern SECRET = Pattern.compile("whsec_[A-Za-z0-9+/=]+");

  @Test
  @Runs("guide/security.md")
  void securityWorksAsWritten(TestInfo test, GuideRig rig) throws Exception {
    String output = rig.run(test, "/security");

    assertThat(output).doesNotContain("s3cr3t", "Exception");
    List<ReceivedRequest> received = rig.receiver().requests("/security");
    assertThat(received)
        .as("of every delivery and the test with the token, once under each key that sealed it")
        .allSatisfy(request ->
            assertThat(request.header("Authorization")).contains("Bearer s3cr3t-guarded-token"));
    String first = firstIn(rig.shell().output("guarded.txt"));
    String second = firstIn(rig.shell().output("rotated.txt"));
    assertThat(second).isNotEqualTo(first);
    ReceivedRequest before = single(received, "{\"n\":1}");
    ReceivedRequest after = single(received, "{\"n\":2}");
    assertThat(isSignedWith(first, before)).isTrue();
    assertThat(isSignedWith(second, before)).isFalse();
    assertThat(isSignedWith(first, after)).as("it signs along").isTrue();
    assertThat(isSignedWith(second, after)).isTrue();
    single(received, "{\"n\":4}");
    assertThat(received)
        .extracting(ReceivedRequest::bodyText)
        .as("opened for its receiver; another organization's, and what had no key, not at all")
        .contains("{\"patientId\": \"patient-42\"}")
        .doesNotContain("{\"n\":3}", "{\"patientId\": \"patient-43\"}");
  }

  private static String firstIn(String output) {
    Matcher matcher = SECRET.matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return matcher.group();
  }

  private static boolean isSignedWith(String secret, ReceivedRequest request) {
    try {
      WebhookVerifier.of(secret).verify(name -> request.header(name).orElse(null), request.body());
      return true;
    } catch (io.waybill.client.WebhookVerificationException e) {
      return false;
    }
  }

  private static ReceivedRequest single(List<ReceivedRequest> received, String body) {
    assertThat(received).filteredOn(request -> request.bodyText().equals(body)).hasSize(1);
    return received.stream().filter(one -> one.bodyText().equals(body)).findFirst().orElseThrow();
  }

  @Test
  @Runs("guide/high-volume.md")
  void highVolumeWorksAsWritten(TestInfo test, GuideRig rig) throws Exception {
    String output = rig.run(test, "/volume");

    assertThat(output).containsPattern("2000 delivered in \\d+ s").contains("waybill_lag{");
    assertThat(rig.receiver().requests("/volume"))
        .extracting(ReceivedRequest::bodyText)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 2_000)
                .mapToObj(number -> "{\"eventId\":\"evt-" + number + "\"}")
                .toList());
  }

  @Test
  @Runs("guide/monitoring.md")
  void monitoringWorksAsWritten(TestInfo test, GuideRig rig) throws Exception {
    assertThat(rig.run(test, "/watched"))
        .contains("consecutive-failures", "unhealthy", "connection-refused");
    assertThat(rig.receiver().requests("/watched")).hasSize(1);
  }

  @Test
  @Runs("guide/error-handling.md")
  void errorHandlingWorksAsWritten(TestInfo test, GuideRig rig) throws Exception {
    try (GuideReceiver receiver = new GuideReceiver(rig.shell())) {
      String output = rig.run(test, "errors", receiver.url("/errors"));

      assertThat(output)
          .contains(
              "options.priority", "destination-not-found", "breaker-open", "would be replayed")
          .containsPattern("webhook +failed +0 +3 .*attempts-exhausted")
          .containsPattern("webhook +failed +0 +1 .*http-permanent")
          .containsPattern("webhook +delivered +1 +1 ")
          .doesNotContain("Exception");
      List<GuideReceiver.Received> busy = receiver.received("/errors/busy");
      assertThat(busy).extracting(GuideReceiver.Received::status).containsExactly(503, 200);
      assertThat(busy)
          .extracting(GuideReceiver.Received::webhookId)
          .containsOnly(busy.get(0).webhookId());
      assertThat(Duration.between(busy.get(0).at(), busy.get(1).at()))
          .as("Retry-After is a floor")
          .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
      List<GuideReceiver.Received> refused = receiver.received("/errors/status/400");
      assertThat(refused).as("refused for good, so once").hasSize(1);
      List<GuideReceiver.Received> mended = receiver.received("/errors/mended");
      assertThat(mended)
          .extracting(GuideReceiver.Received::body)
          .as("once each: replayed although asked for twice, in another's place, after a pause")
          .containsExactly(
              "{\"eventId\": \"evt-1\"}", "{\"eventId\":\"evt-3\"}", "{\"eventId\":\"evt-4\"}");
      assertThat(mended.get(0).webhookId())
          .as("a replay keeps the id")
          .isEqualTo(refused.get(0).webhookId());
      assertThat(receiver.received("/errors/up-again"))
          .extracting(GuideReceiver.Received::body)
          .containsExactly("{\"eventId\": \"evt-1\"}");
    }
  }

  @Test
  @Runs("guide/advanced-patterns.md")
  void advancedPatternsWorkAsWritten(TestInfo test, GuideRig rig) throws Exception {
    assertThat(rig.run(test, "/patterns")).contains("duplicate", "cancelled");

    List<ReceivedRequest> audit = rig.receiver().requests("/patterns/audit");
    List<ReceivedRequest> ward = rig.receiver().requests("/patterns/ward");
    assertThat(audit)
        .filteredOn(is("{\"orderId\":4711}").negate())
        .extracting(ReceivedRequest::bodyText)
        .as("evt-3 once, evt-6 cancelled")
        .containsExactlyInAnyOrder(
            "{\"eventId\":\"evt-1\"}",
            "{\"eventId\":\"evt-2\"}",
            "{\"eventId\":\"evt-3\"}",
            "{\"eventId\":\"evt-4\"}",
            "{\"eventId\":\"evt-5\"}");
    assertThat(ward)
        .extracting(ReceivedRequest::bodyText)
        .containsExactlyInAnyOrder("{\"eventId\":\"evt-2\"}", "{\"eventId\":\"evt-7\"}");
    assertThat(audit)
        .filteredOn(is("{\"eventId\":\"evt-4\"}"))
        .singleElement()
        .satisfies(request ->
            assertThat(request.header("waybill-correlation-id"))
                .isEqualTo(Optional.of("session-8a1")));
    if (Pages.isKcatHere()) {
      assertThat(audit)
          .filteredOn(is("{\"orderId\":4711}"))
          .as("published twice from the outbox")
          .hasSize(1);
    }
  }

  private static Predicate<ReceivedRequest> is(String body) {
    return request -> request.bodyText().equals(body);
  }
}
