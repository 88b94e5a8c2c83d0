package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OverallState;
import io.waybill.locals3.LocalS3;
import io.waybill.testkit.MailSink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metrics of a run over mailboxes and object stores are what the servers hold of it. */
class MailAndObjectMetricsIT {
  private static final Duration SHOWN = Duration.ofSeconds(30);
  private static final int DELIVERIES = 5;
  private static final int PATIENT = 10_000;
  private static final String DATA =
      "{\"totalEvents\": 1250, \"failedLogins\": 3, \"dataAccess\": 890}";

  private final Tenant hospital = Tenant.newOne();
  private final GreenMail mailServer = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
  private final LocalS3 store = SharedStore.store();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void startMailServer() {
    mailServer.start();
  }

  @AfterEach
  void closeServers() throws Exception {
    mailServer.stop();
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void metricsAreWhatMailboxesAndBucketsHoldAfterAMixedRun() throws IOException {
    DestinationId mailbox =
        hospital.email(mailServer.getSmtp().getPort(), "compliance@hospital.com");
    DestinationId archive = hospital.storage();
    MailSink refusing = MailSink.start().on("RCPT", "550 no such user");
    opened.add(refusing);
    DestinationId nobody = hospital.email(refusing.port(), "nobody@hospital.com");
    DestinationId nowhere = hospital.storage(store.endpoint(), "no-such-bucket", PATIENT);

    List<DeliveryId> good = new ArrayList<>();
    for (int i = 0; i < DELIVERIES; i++) {
      good.add(hospital.deliver(DATA, "{}", mailbox, archive));
    }
    DeliveryId bad = hospital.deliver(DATA, "{}", nobody, nowhere);
    good.forEach(id -> hospital.await(id, OverallState.COMPLETED));
    hospital.await(bad, OverallState.FAILED);

    assertThat(mailServer.getReceivedMessages()).hasSize(DELIVERIES);
    assertThat(objects()).isEqualTo(DELIVERIES);
    await()
        .atMost(SHOWN)
        .untilAsserted(() -> {
          Scrape shown = Scrape.of(hospital.waybill().httpUrl());
          for (String type : List.of("email", "storage")) {
            assertThat(attempts(shown, type, Map.of("outcome", "delivered")))
                .as("%s: what the servers hold", type)
                .isEqualTo(DELIVERIES);
            assertThat(attempts(shown, type, Map.of("outcome", "permanent"))).as(type).isEqualTo(1);
            assertThat(attempts(shown, type, Map.of())).as(type).isEqualTo(DELIVERIES + 1);
            assertThat(ended(shown, type, "delivered")).as(type).isEqualTo(DELIVERIES);
            assertThat(ended(shown, type, "dead-lettered")).as(type).isEqualTo(1);
          }
          assertThat(attempts(shown, "email", Map.of("reason", "smtp-permanent"))).isEqualTo(1);
          assertThat(attempts(shown, "storage", Map.of("reason", "storage-permanent")))
              .isEqualTo(1);
        });
  }

  /** Of this organization, as the store lists them. */
  private long objects() {
    return store.objects(SharedStore.BUCKET).stream()
        .filter(object -> object.key().contains("/" + hospital.organization() + "/"))
        .count();
  }

  private double attempts(Scrape shown, String type, Map<String, String> more) {
    Map<String, String> tags = new HashMap<>(more);
    tags.put("organization", hospital.organization().value());
    tags.put("type", type);
    return shown.sum("waybill_sender_attempts_total", tags);
  }

  private double ended(Scrape shown, String type, String result) {
    return shown.sum(
        "waybill_sender_tasks_total",
        Map.of("organization", hospital.organization().value(), "type", type, "result", result));
  }
}
