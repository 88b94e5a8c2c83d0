package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.client.Acceptance;
import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.RefusedException;
import io.waybill.client.SavedDestination;
import io.waybill.client.WaybillClient;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.testkit.Answer;
import io.waybill.testkit.ReceivedRequest;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The chapters of the tutorial that it has code for: what the receivers got, and the status. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TutorialIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String SIEM = "/api/audit-events";

  private final LocalWaybill local = LocalWaybill.shared();
  private final WaybillClient waybill =
      BasicImplementation.connect(
          local.endpoint().bootstrapServers(),
          local.endpoint().registryUrl(),
          local.endpoint().keyset());
  private final BasicImplementation basic = new BasicImplementation(waybill);
  private final HealthcareCompliance healthcare = new HealthcareCompliance(waybill);
  private final MultiDestinationFanout fanout = new MultiDestinationFanout(waybill);
  private final int smtpPort = local.mail().getSmtp().getPort();
  private final List<SavedDestination> created = new ArrayList<>();

  private SavedDestination complianceEmail() {
    return created.get(0);
  }

  private SavedDestination siemWebhook() {
    return created.get(1);
  }

  @BeforeAll
  void createBasicDestinations() {
    created.add(basic.complianceEmail("127.0.0.1", smtpPort));
    created.add(basic.siemWebhook(local.http().uri(SIEM).toString(), "siem-token"));
  }

  @AfterAll
  void close() {
    waybill.close();
  }

  @Test
  void theDailyReportReachesMailboxesAndSiem() throws Exception {
    Delivery report =
        basic.deliverDailyReport(
            complianceEmail(),
            siemWebhook(),
            Map.of("totalEvents", 1250, "failedLogins", 3, "dataAccess", 890));

    DeliveryStatus status = report.await(SOON);

    assertThat(status.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(status.summary().priority()).isEqualTo(7);
    assertThat(status.summary().tags()).containsExactly("compliance", "daily", "automated");
    ReceivedRequest received = received(SIEM, report);
    assertThat(received.bodyText())
        .startsWith("{\"reportId\":\"daily-" + LocalDate.now(ZoneOffset.UTC).toString().charAt(0))
        .contains("\"title\":\"Daily Compliance Report\"", "\"totalEvents\":1250");
    assertThat(received.header("Authorization")).contains("Bearer siem-token");
    assertThat(received.header("X-Source")).contains("audit-system");
    List<MimeMessage> mails = mails(report);
    assertThat(mails)
        .extracting(mail -> mail.getAllRecipients()[0].toString())
        .containsExactlyInAnyOrder("compliance@hospital.com", "security@hospital.com");
    assertThat(mails.get(0).getSubject()).startsWith("Daily Compliance Report - 20");
  }

  @Test
  void theServicesRetrySettingsHoldForWhoeverHasNone() {
    String path = LocalWaybill.newPath();
    local.http().always(path, Answer.status(503));
    SavedDestination busy =
        waybill.createDestination(
            DestinationSpec.webhook("hospital-001", "Busy " + path).url(local.http().uri(path)));

    DeliveryStatus status =
        waybill.deliver(request("hospital-001", "report").to(busy).data(1)).await(SOON);

    assertThat(status.state()).isEqualTo(OverallState.FAILED);
    assertThat(part(status, busy.id()).attempts()).isEqualTo(3);
    List<ReceivedRequest> tries = local.http().requests(path);
    assertThat(tries).hasSize(3);
    assertThat(Duration.between(tries.get(0).at(), tries.get(1).at()))
        .as("baseDelay, less the jitter")
        .isGreaterThanOrEqualTo(Duration.ofMillis(900));
    assertThat(Duration.between(tries.get(1).at(), tries.get(2).at()))
        .as("twice that")
        .isGreaterThanOrEqualTo(Duration.ofMillis(1_800));
  }

  @Test
  void aSchedulersReportReachesMailboxesAndSiem() {
    int reports = local.http().requests(SIEM).size();
    int mails = local.mail().getReceivedMessages().length;

    basic.scheduledDailyReport(complianceEmail(), siemWebhook());

    // It waits for the end of the delivery, so all of it has arrived.
    assertThat(local.http().requests(SIEM)).hasSize(reports + 1);
    assertThat(local.http().requests(SIEM))
        .last()
        .satisfies(request ->
            assertThat(request.bodyText())
                .contains("\"title\":\"Daily Compliance Report\"", "\"dataAccess\":890"));
    assertThat(local.mail().getReceivedMessages()).hasSize(mails + 2);
  }

  @Test
  void aPhiAccessReachesSiemAndArchiveAndAHighRiskOneTheOfficerToo() throws Exception {
    SavedDestination archive =
        healthcare.hipaaArchive(
            local.store().endpoint(), LocalWaybill.ACCESS_KEY_ID, LocalWaybill.SECRET_ACCESS_KEY);
    assertThatThrownBy(() -> healthcare.secureEmail("127.0.0.1", smtpPort, "too short"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("config.email.encryption");
    SavedDestination secureEmail =
        healthcare.secureEmail("127.0.0.1", smtpPort, "correct horse battery staple");
    HealthcareCompliance.AccessEvent event =
        new HealthcareCompliance.AccessEvent(
            "evt-1",
            "session-8a1",
            "patient-42",
            "dr-lopez",
            "read",
            Instant.parse("2026-01-31T08:00:00Z"),
            "10.1.2.3",
            "ward-terminal/7",
            "treatment",
            List.of("labs", "medications"),
            "high");

    Delivery access = healthcare.logPhiAccess(event, siemWebhook(), archive, secureEmail);

    assertThat(access.await(SOON).state()).isEqualTo(OverallState.COMPLETED);
    String body = received(SIEM, access).bodyText();
    assertThat(body).contains("\"patientId\":\"patient-42\"", "\"2026-01-31T08:00:00Z\"");
    assertThat(local.store().objects(LocalWaybill.ARCHIVE))
        .filteredOn(object -> object.key().contains(access.id().toString()))
        .singleElement()
        .satisfies(object -> {
          assertThat(object.key()).startsWith("audit-logs/hospital-001/");
          assertThat(object.storageClass()).isEqualTo("STANDARD_IA");
          assertThat(
                  new String(
                      local.store().content(LocalWaybill.ARCHIVE, object.key()),
                      StandardCharsets.UTF_8))
              .isEqualTo(body);
        });
    org.awaitility.Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(Arrays.asList(local.mail().getReceivedMessages()))
                .filteredOn(mail -> subject(mail).startsWith("[CONFIDENTIAL]"))
                .singleElement()
                .satisfies(mail -> {
                  ByteArrayOutputStream raw = new ByteArrayOutputStream();
                  mail.writeTo(raw);
                  assertThat(raw.toString(StandardCharsets.ISO_8859_1))
                      .contains("encapsulatingContent=authEnvelopedData")
                      .doesNotContain("PHI Records", "application/json");
                }));

    Delivery again = healthcare.logPhiAccess(event, siemWebhook(), archive, secureEmail);
    assertThat(again.acceptance().get(30, TimeUnit.SECONDS))
        .isEqualTo(new Acceptance.Duplicate(again.id(), access.id()));
  }

  @Test
  void theBackupReceivesWhatThePrimaryDoesNot() {
    local.http().always("/api/events", Answer.status(500));
    SavedDestination backup = fanout.s3Archive(local.store().endpoint());
    SavedDestination analytics =
        fanout.realTimeWebhook(local.http().uri("/api/events").toString(), backup);
    SavedDestination email = fanout.complianceEmail("127.0.0.1", smtpPort);

    DeliveryStatus status = fanout.deliverAuditEvent(analytics, email).await(SOON);

    assertThat(status.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(part(status, analytics.id()).deliveredBy()).contains(backup.id());
    assertThat(part(status, analytics.id()).attempts()).isEqualTo(3);
    assertThat(local.store().objects(LocalWaybill.BACKUP))
        .filteredOn(object -> object.key().contains(status.deliveryId().toString()))
        .hasSize(1);
    assertThat(mails(status)).hasSize(1);
  }

  private static DestinationStatus part(DeliveryStatus status, DestinationId id) {
    return status.destinations().stream()
        .filter(one -> one.destinationId().equals(id.value()))
        .findFirst()
        .orElseThrow();
  }

  private ReceivedRequest received(String path, Delivery delivery) {
    return local.http().requests(path).stream()
        .filter(request ->
            request.header("waybill-delivery-id").stream()
                .anyMatch(delivery.id().toString()::equals))
        .findFirst()
        .orElseThrow();
  }

  private static String subject(MimeMessage mail) {
    try {
      return mail.getSubject();
    } catch (jakarta.mail.MessagingException e) {
      throw new AssertionError(e);
    }
  }

  private List<MimeMessage> mails(Delivery delivery) {
    return mails(delivery.id().toString());
  }

  private List<MimeMessage> mails(DeliveryStatus status) {
    return mails(status.deliveryId().toString());
  }

  private List<MimeMessage> mails(String deliveryId) {
    return Arrays.stream(local.mail().getReceivedMessages())
        .filter(mail -> {
          try {
            return deliveryId.equals(mail.getHeader("X-Delivery-Id")[0]);
          } catch (jakarta.mail.MessagingException e) {
            throw new AssertionError(e);
          }
        })
        .toList();
  }
}
