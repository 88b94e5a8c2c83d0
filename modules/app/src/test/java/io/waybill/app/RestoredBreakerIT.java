package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RetryPolicy;
import io.waybill.sender.BreakerPolicy;
import io.waybill.testkit.Answer;
import io.waybill.testkit.BrokerProcess;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A receiver is down, and its sender is restarted, and then another takes its partition over: none
 * of them sends the receiver more than probes until it is back.
 */
@Tag("long")
class RestoredBreakerIT {
  private static final Duration RESET = Duration.ofSeconds(4);
  private static final int BATCH = 40;
  private static final int PROBES = 3;

  private final Set<String> published = new HashSet<>();

  @Test
  void aRestartAndATakeoverLeaveADestinationAloneThatIsDown(@TempDir Path folder) throws Exception {
    Set<Role> others = EnumSet.complementOf(EnumSet.of(Role.SENDER_WEBHOOK));
    AtomicBoolean isUp = new AtomicBoolean();
    try (BrokerProcess broker =
            BrokerProcess.start(Files.createDirectory(folder.resolve("broker")));
        Installation waybill = Installation.start(broker.bootstrapServers(), others);
        HttpSink receiver = HttpSink.start()) {
      receiver.answer("/hook", _ -> Answer.status(isUp.get() ? 200 : 503));
      OrganizationId organization = Installation.newOrganization();
      DestinationId hook = waybill.createWebhook(organization, receiver.uri("/hook"), 90, Map.of());

      Instant restarted;
      try (WaybillProcess first = sender(waybill, "one")) {
        publish(waybill, organization, hook, 5);
        waybill.awaitRecord(
            Topics.DESTINATION_HEALTH,
            record ->
                Installation.keyIs(hook.value()).test(record)
                    && Installation.decode(() -> waybill.codecs().health().decode(record.value()))
                            .breaker()
                            .longestRow()
                        >= 5);
        assertThat(first.isHealthy()).isTrue();
        publish(waybill, organization, hook, BATCH);
      }

      restarted = Instant.now();
      try (WaybillProcess again = sender(waybill, "one")) {
        assertThat(again.isReady()).isTrue();
        publish(waybill, organization, hook, BATCH);
        awaitProbe(receiver, restarted);
        assertOnlyProbed(receiver, restarted);

        try (WaybillProcess other = sender(waybill, "two")) {
          again.close();
          Instant takenOver = Instant.now();
          publish(waybill, organization, hook, BATCH);
          awaitProbe(receiver, takenOver);
          assertOnlyProbed(receiver, takenOver);
          assertOnlyProbed(receiver, restarted);

          isUp.set(true);
          Instant up = Instant.now();
          await()
              .atMost(Duration.ofMinutes(3))
              .untilAsserted(() ->
                  assertThat(
                          receiver.requests("/hook").stream()
                              .filter(request -> request.at().isAfter(up))
                              .map(request -> request.header("waybill-delivery-id").orElseThrow())
                              .toList())
                      .containsAll(published));
          assertThat(other.isHealthy()).isTrue();
        }
      }
    }
  }

  private static WaybillProcess sender(Installation waybill, String instance) {
    WaybillConfig config = waybill.config();
    WaybillProcess process =
        new WaybillProcess(
            new WaybillConfig(
                Set.of(Role.SENDER_WEBHOOK),
                config.kafka(),
                config.schemaRegistry(),
                config.keyset(),
                config.stateDirectory(),
                instance,
                config.partitions(),
                config.allowCidrs(),
                0,
                new Sending(
                    RetryPolicy.defaults(),
                    new BreakerPolicy(5, RESET),
                    Set.of(),
                    Sending.defaults().platformCredentials())),
            WaybillProcess.Topics.REQUIRE);
    process.start();
    process.awaitReady();
    return process;
  }

  private void publish(
      Installation waybill, OrganizationId organization, DestinationId to, int count) {
    for (int i = 0; i < count; i++) {
      DeliveryId id = DeliveryId.random();
      published.add(id.toString());
      String json =
          "{\"deliveryId\":\"%s\",\"organizationId\":\"%s\",\"destinations\":[\"%s\"],\"payload\":{\"type\":\"report\",\"data\":1}}"
              .formatted(id, organization, to);
      waybill.publish(Topics.REQUESTS, id.toString(), json.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<ReceivedRequest> since(HttpSink receiver, Instant time) {
    return receiver.requests("/hook").stream()
        .filter(request -> request.at().isAfter(time))
        .toList();
  }

  /** So that the breaker was open, and then was not. */
  private static void awaitProbe(HttpSink receiver, Instant since) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            since(receiver, since).size() >= 1
                && Instant.now().isAfter(since.plus(RESET.multipliedBy(2))));
  }

  private static void assertOnlyProbed(HttpSink receiver, Instant since) {
    List<ReceivedRequest> requests = since(receiver, since);
    long resets = Duration.between(since, Instant.now()).dividedBy(RESET) + 1;
    assertThat(requests).hasSizeLessThanOrEqualTo(Math.toIntExact(PROBES * resets));
  }
}
