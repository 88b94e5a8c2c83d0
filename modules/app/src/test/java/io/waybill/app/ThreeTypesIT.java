package io.waybill.app;

import static io.waybill.app.Tenant.part;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import io.waybill.domain.TaskId;
import io.waybill.locals3.LocalS3;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.MailSink;
import io.waybill.testkit.ReceivedRequest;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One request to a webhook, mailboxes and an object store, all well and each in trouble. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreeTypesIT {
  private static final String REPORT =
      """
      {"reportId": "daily-1", "title": "Daily Compliance Report", "totalEvents": 9007199254740993,
       "failedLogins": 3, "dataAccess": 1.10, "note": "gr\\u00fc\\u00dfe \\/"}\
      """;
  private static final String METADATA =
      "{\"reportType\": \"daily-compliance\", \"confidentiality\": \"internal\","
          + " \"retentionDays\": 2555}";
  private static final List<String> RECIPIENTS =
      List.of("compliance@hospital.com", "security@hospital.com");
  private static final int PATIENT = 60_000;
  private static final int BRIEF = 500;

  private final Tenant hospital = Tenant.newOne();
  private final HttpSink receiver = HttpSink.start();
  private final GreenMail mailServer = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
  private final LocalS3 store = SharedStore.store();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private @Nullable DestinationId webhook;
  private @Nullable DestinationId email;
  private @Nullable DestinationId archive;

  @BeforeAll
  void createThoseThatAreWell() {
    mailServer.setUser("audit@hospital.com", "audit-user", "audit-password");
    mailServer.start();
    webhook = hospital.webhook(receiver.uri("/siem"));
    email =
        hospital.email(
            mailServer.getSmtp().getPort(),
            10_000,
            ", \"auth\": {\"user\": \"audit-user\", \"pass\": \"audit-password\"}",
            RECIPIENTS);
    archive = hospital.storage();
  }

  @AfterEach
  void closeWhatMisbehaved() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    opened.clear();
  }

  @AfterAll
  void stopServers() {
    mailServer.stop();
    receiver.close();
  }

  @Test
  void theDailyReportReachesAllThree() throws Exception {
    Instant before = Instant.now();
    DeliveryId id = hospital.deliver(REPORT, METADATA, webhook(), email(), archive());

    DeliveryStatus status = hospital.await(id, OverallState.COMPLETED);
    Instant after = Instant.now();

    assertThat(status.destinations())
        .hasSize(3)
        .allSatisfy(each -> {
          assertThat(each.state()).isEqualTo(DestinationState.DELIVERED);
          assertThat(each.attempts()).isEqualTo(1);
        });
    assertThat(webhooks(id)).extracting(ReceivedRequest::bodyText).containsExactly(REPORT);
    assertThat(webhooks(id).getFirst().headers().toString()).doesNotContain("{{");
    assertThat(mails(id))
        .extracting(ThreeTypesIT::to)
        .containsExactlyInAnyOrderElementsOf(RECIPIENTS);
    for (MimeMessage mail : mails(id)) {
      // The day of the request; which one is not known when the test runs over midnight.
      assertThat(mail.getSubject())
          .isIn(
              "Daily Compliance Report - " + day(before),
              "Daily Compliance Report - " + day(after));
      String day = mail.getSubject().substring("Daily Compliance Report - ".length());
      Multipart parts = (Multipart) mail.getContent();
      assertThat(parts.getCount()).isEqualTo(2);
      assertThat(new String(bytes(parts.getBodyPart(0)), UTF_8))
          .contains("daily compliance report for " + day + ".")
          .contains("- Total audit events: 9007199254740993")
          .contains("- Failed login attempts: 3")
          .contains("- Data access events: 1.10");
      assertThat(bytes(parts.getBodyPart(1))).isEqualTo(REPORT.getBytes(UTF_8));
      assertThat(parts.getBodyPart(1).getFileName()).isEqualTo("report-" + id + ".json");
      assertThat(raw(mail)).doesNotContain("{{");
    }
    LocalS3.StoredObject object = onlyObject(id);
    assertThat(store.content(SharedStore.BUCKET, object.key())).isEqualTo(REPORT.getBytes(UTF_8));
    assertThat(object.key())
        .startsWith("audit-logs/" + hospital.organization() + "/")
        .doesNotContain("{");
    assertThat(object.metadata().toString()).doesNotContain("{{");
    assertThat(part(status, archive()).externalReference())
        .contains("s3://" + SharedStore.BUCKET + "/" + object.key());
  }

  @DisplayName("row 12: the payload of the largest size reaches all three")
  @Test
  void thePayloadOfTheLargestSizeReachesAllThree() throws Exception {
    String text =
        "{\"totalEvents\":1,\"failedLogins\":3,\"dataAccess\":890,\"scan\":\""
            + "0123456789abcdef".repeat(RequestRules.MAX_DATA_BYTES / 16);
    String largest = text.substring(0, RequestRules.MAX_DATA_BYTES - 2) + "\"}";
    DestinationId oneMailbox =
        hospital.email(mailServer.getSmtp().getPort(), PATIENT, "", RECIPIENTS.subList(0, 1));

    DeliveryId id = hospital.deliver(largest, METADATA, webhook(), oneMailbox, archive());

    hospital.await(id, OverallState.COMPLETED);
    byte[] expected = largest.getBytes(UTF_8);
    assertThat(webhooks(id)).hasSize(1);
    assertThat(Arrays.equals(webhooks(id).getFirst().body(), expected)).isTrue();
    assertThat(mails(id)).hasSize(1);
    Multipart parts = (Multipart) mails(id).getFirst().getContent();
    assertThat(Arrays.equals(bytes(parts.getBodyPart(1)), expected)).isTrue();
    assertThat(Arrays.equals(store.content(SharedStore.BUCKET, onlyObject(id).key()), expected))
        .isTrue();
  }

  @Test
  void aBackupInAStoreHoldsWhatTheWebhookRefused() {
    receiver.always("/refused", Answer.status(400));
    DestinationId primary =
        hospital.webhook(
            receiver.uri("/refused"),
            5_000,
            ", \"fallbackDestinationIds\": [\"" + archive() + "\"]");

    DeliveryId id = hospital.deliver(REPORT, METADATA, primary);

    DeliveryStatus status = hospital.await(id, OverallState.COMPLETED);
    assertThat(part(status, primary).state()).isEqualTo(DestinationState.FAILED);
    assertThat(part(status, primary).deliveredBy()).contains(archive());
    assertThat(part(status, archive()).fallbackOf()).containsExactly(primary);
    assertThat(store.content(SharedStore.BUCKET, onlyObject(id).key()))
        .isEqualTo(REPORT.getBytes(UTF_8));
  }

  /** Makes a destination that is in trouble when this delivery comes. */
  @FunctionalInterface
  private interface Trouble {
    DestinationId make(ThreeTypesIT it, DeliveryId delivery) throws IOException;
  }

  /** Where the task stands while the others are through: under way still, or over. */
  private record Becomes(DestinationState state, Optional<Reason> reason) {
    /** Its first attempt has not ended. */
    static Becomes hanging() {
      return new Becomes(DestinationState.PENDING, Optional.empty());
    }

    static Becomes retrying(Reason reason) {
      return new Becomes(DestinationState.RETRYING, Optional.of(reason));
    }

    static Becomes failed(Reason reason) {
      return new Becomes(DestinationState.FAILED, Optional.of(reason));
    }

    boolean isSaidOf(DestinationStatus status) {
      return status.state() == state && status.reason().equals(reason);
    }
  }

  static Stream<Arguments> troubles() {
    return Stream.of(
        row(
            "the webhook hangs",
            (it, id) -> it.webhookAnswering(Answer.hang(), PATIENT),
            Becomes.hanging()),
        row(
            "the mail server refuses the recipients",
            (it, id) -> it.mailServer(MailSink.start().on("RCPT", "550 no such user"), PATIENT),
            Becomes.failed(Reason.SMTP_PERMANENT)),
        row(
            "the mail server does not answer",
            (it, id) -> it.mailServer(MailSink.start().on("EHLO", MailSink.HANG), PATIENT),
            Becomes.hanging()),
        row("the store hangs", (it, id) -> it.storeAnswering(id, Answer.hang()), Becomes.hanging()),
        row(
            "the store answers 503",
            (it, id) -> it.storeRefusing(id, 503, "SlowDown"),
            Becomes.retrying(Reason.STORAGE_TRANSIENT)),
        row(
            "the store has no such bucket",
            (it, id) -> it.hospital.storage(it.store.endpoint(), "no-such-bucket", PATIENT),
            Becomes.failed(Reason.STORAGE_PERMANENT)));
  }

  static Stream<Arguments> moreTroubles() {
    return Stream.of(
        row(
            "the webhook hangs until its time-out",
            (it, id) -> it.webhookAnswering(Answer.hang(), BRIEF),
            Becomes.retrying(Reason.TIMEOUT)),
        row(
            "the webhook answers 503",
            (it, id) -> it.webhookAnswering(Answer.status(503), PATIENT),
            Becomes.retrying(Reason.HTTP_TRANSIENT)),
        row(
            "the webhook answers 400",
            (it, id) -> it.webhookAnswering(Answer.status(400), PATIENT),
            Becomes.failed(Reason.HTTP_PERMANENT)),
        row(
            "the mail server does not answer in time",
            (it, id) -> it.mailServer(MailSink.start().on("END", MailSink.HANG), BRIEF),
            Becomes.retrying(Reason.TIMEOUT)),
        row(
            "the mail server is away",
            (it, id) -> it.hospital.email(deadPort(), "compliance@hospital.com"),
            Becomes.retrying(Reason.CONNECTION_REFUSED)),
        row(
            "the store answers 200 with an error",
            (it, id) -> it.storeRefusing(id, 200, "InternalError"),
            Becomes.retrying(Reason.STORAGE_TRANSIENT)),
        row(
            "the store is away",
            (it, id) ->
                it.hospital.storage(
                    URI.create("http://127.0.0.1:" + deadPort()), SharedStore.BUCKET, PATIENT),
            Becomes.retrying(Reason.CONNECTION_REFUSED)));
  }

  private static Arguments row(String label, Trouble trouble, Becomes becomes) {
    return argumentSet(label, trouble, becomes);
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void whatHappensToOneIsNothingToTheOthers(Trouble trouble, Becomes becomes) throws Exception {
    DeliveryId id = DeliveryId.random();
    DestinationId bad = trouble.make(this, id);

    hospital.deliver(id, REPORT, METADATA, bad, webhook(), email(), archive());

    List<DestinationId> others = List.of(webhook(), email(), archive());
    DeliveryStatus status =
        hospital.await(
            id,
            seen ->
                becomes.isSaidOf(part(seen, bad))
                    && others.stream()
                        .allMatch(it -> part(seen, it).state() == DestinationState.DELIVERED));
    assertThat(others)
        .allSatisfy(it -> {
          assertThat(part(status, it).attempts()).isEqualTo(1);
          assertThat(part(status, it).reason()).isEmpty();
        });
    assertThat(webhooks(id)).extracting(ReceivedRequest::bodyText).containsExactly(REPORT);
    assertThat(mails(id))
        .extracting(ThreeTypesIT::to)
        .containsExactlyInAnyOrderElementsOf(RECIPIENTS);
    assertThat(store.content(SharedStore.BUCKET, onlyObject(id).key()))
        .isEqualTo(REPORT.getBytes(UTF_8));
    if (becomes.state().isTerminal()) {
      assertThat(status.state()).isEqualTo(OverallState.PARTIAL);
      assertThat(part(status, bad).attempts()).isEqualTo(1);
      assertThat(hospital.deadLetter(id).reason()).isEqualTo(becomes.reason().orElseThrow());
      assertThat(hospital.deadLetter(id).task().orElseThrow().destinationId()).isEqualTo(bad);
    } else {
      assertThat(status.state()).isEqualTo(OverallState.PROCESSING);
      hospital.command(id, new DeliveryCommand.Cancel());
    }
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("moreTroubles")
  void whateverHappensToOneIsNothingToTheOthers(Trouble trouble, Becomes becomes) throws Exception {
    whatHappensToOneIsNothingToTheOthers(trouble, becomes);
  }

  private DestinationId webhookAnswering(Answer answer, int timeoutMillis) {
    String path = "/trouble-" + opened.size() + "-" + System.nanoTime();
    receiver.always(path, answer);
    return hospital.webhook(receiver.uri(path), timeoutMillis, "");
  }

  private DestinationId mailServer(MailSink server, int timeoutMillis) {
    opened.add(server);
    return hospital.email(server.port(), timeoutMillis, "", RECIPIENTS);
  }

  private DestinationId storeRefusing(DeliveryId delivery, int status, String code) {
    return storeAnswering(
        delivery,
        Answer.status(status)
            .header("Content-Type", "application/xml")
            .header("ETag", "\"0123456789abcdef0123456789abcdef\"")
            .body(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
                    + code
                    + "</Code><Message>no</Message></Error>"));
  }

  private DestinationId storeAnswering(DeliveryId delivery, Answer answer) {
    HttpSink badStore = HttpSink.start();
    opened.add(badStore);
    DestinationId destination =
        hospital.create(
            hospital.storageJson(
                badStore.uri(""),
                "bucket",
                "/x/",
                PATIENT,
                "\"accessKeyId\": \"some-key\", \"secretAccessKey\": \"some-secret\","));
    badStore.always(
        "/bucket/x/%s.%s.json"
            .formatted(delivery, TaskId.of(hospital.organization(), delivery, destination)),
        answer);
    return destination;
  }

  private static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private DestinationId webhook() {
    return Optional.ofNullable(webhook).orElseThrow();
  }

  private DestinationId email() {
    return Optional.ofNullable(email).orElseThrow();
  }

  private DestinationId archive() {
    return Optional.ofNullable(archive).orElseThrow();
  }

  private List<ReceivedRequest> webhooks(DeliveryId id) {
    return receiver.requests("/siem").stream()
        .filter(it -> it.header("waybill-delivery-id").equals(Optional.of(id.toString())))
        .toList();
  }

  private List<MimeMessage> mails(DeliveryId id) throws MessagingException {
    List<MimeMessage> found = new ArrayList<>();
    for (MimeMessage mail : mailServer.getReceivedMessages()) {
      if (Arrays.asList(mail.getHeader("X-Delivery-Id")).contains(id.toString())) {
        found.add(mail);
      }
    }
    return found;
  }

  private LocalS3.StoredObject onlyObject(DeliveryId id) {
    List<LocalS3.StoredObject> found =
        store.objects(SharedStore.BUCKET).stream()
            .filter(it -> it.key().contains(id.toString()))
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static String to(MimeMessage mail) {
    try {
      return mail.getHeader("To", ", ");
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(BodyPart part) throws IOException, MessagingException {
    return part.getInputStream().readAllBytes();
  }

  private static String raw(MimeMessage mail) throws IOException, MessagingException {
    var raw = new java.io.ByteArrayOutputStream();
    mail.writeTo(raw);
    return raw.toString(UTF_8);
  }

  private static String day(Instant time) {
    return time.atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }
}
