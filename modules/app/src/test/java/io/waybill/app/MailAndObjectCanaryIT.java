package io.waybill.app;

import static io.waybill.app.Nowhere.assertThatNowhereAre;
import static io.waybill.app.Sightings.topicsWith;
import static io.waybill.app.Tenant.part;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.MailSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.Topics;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What {@link CanaryIT} does, for mails and objects: servers say credentials and payloads back in
 * every refusal and even in success, the tasks fail, are replayed and arrive; then every byte of
 * every topic and every line of the log is searched.
 */
class MailAndObjectCanaryIT {
  private final Tenant hospital = Tenant.newOne();
  private final MailSink mailServer = MailSink.start();
  private final HttpSink store = HttpSink.start();
  private final CapturedLog log = new CapturedLog();
  private final Marker payload = new Marker("payload");
  private final Marker metadata = new Marker("metadata");

  @BeforeEach
  void captureLog() {
    log.start();
  }

  @AfterEach
  void close() {
    log.close();
    mailServer.close();
    store.close();
  }

  @Test
  void ofAMailNothingStaysButItsPayloadWhereItMust() {
    Marker user = new Marker("SMTP user");
    Marker password = new Marker("SMTP password");
    Marker recipient = new Marker("recipient");
    String said = user.text() + " " + password.text() + " " + recipient.text();
    mailServer
        .inTurn(
            "END",
            List.of(
                raw -> "451 " + said + " " + payload.text(),
                raw -> "554 " + said + " " + payload.text(),
                raw -> "250 Ok: queued as " + password.text()))
        .inTurn(
            "RCPT", List.of(line -> "450 " + said + " " + line, line -> "250 " + said + " " + line))
        .on("MAIL", line -> "250 " + said)
        .on("AUTH", line -> "235 welcome " + said);
    DestinationId email = email(user, password, recipient);
    DeliveryId id = hospital.deliver(data(), metadata(), email);

    hospital.await(id, OverallState.FAILED);
    hospital.command(id, new DeliveryCommand.Replay(hospital.deadLetter(id).task().orElseThrow()));
    hospital.await(id, OverallState.COMPLETED);

    assertThat(mailServer.commands())
        .filteredOn(line -> line.startsWith("AUTH PLAIN "))
        .as("the credentials are in use")
        .isNotEmpty()
        .allSatisfy(line ->
            assertThat(new String(Base64.getDecoder().decode(line.substring(11)), UTF_8))
                .contains(user.text(), password.text()));
    assertThat(mailServer.askedFor()).hasSize(4).allMatch(recipient::isIn);
    assertThat(mailServer.taken())
        .singleElement()
        .satisfies(
            mail -> assertThat(mail.raw()).contains("Report " + payload.text(), metadata.text()));
    List<RawRecord> cluster = assertThatNowhereAre(hospital.waybill(), user, password);
    assertThat(topicsWith(recipient, cluster))
        .contains(Topics.DESTINATIONS)
        .allMatch(Sightings::mayHoldConfigurations);
    assertPayloadsAreWhereTheyMust(DestinationType.EMAIL, cluster);
    log.assertWithout(user, password, recipient, payload, metadata);
  }

  /** It quotes refusals of DATA and of a mail's end there, so this server refuses a recipient. */
  @Test
  void theMailLibrarysOwnDebugLogHoldsNoneOfIt() {
    log.withMailLibraryAtDebug();
    Marker user = new Marker("SMTP user");
    Marker password = new Marker("SMTP password");
    Marker recipient = new Marker("recipient");
    String said = user.text() + " " + password.text();
    mailServer
        .on("AUTH", line -> "235 welcome " + said)
        .inTurn("RCPT", List.of(line -> "450 " + said + " " + line, line -> "250 " + line))
        .on("END", raw -> "250 Ok: queued as " + password.text());
    DestinationId email = email(user, password, recipient);

    DeliveryId id = hospital.deliver(data(), metadata(), email);
    hospital.await(id, OverallState.COMPLETED);

    assertThat(log.events())
        .as("the library is listened to")
        .anyMatch(line -> line.contains("Attempt to authenticate"));
    log.assertWithout(user, password, recipient, payload, metadata);
  }

  @Test
  void aRefusedLogInIsToldWithoutWhatWasRefused() {
    log.withMailLibraryAtDebug();
    Marker user = new Marker("SMTP user");
    Marker password = new Marker("SMTP password");
    Marker recipient = new Marker("recipient");
    mailServer.on("AUTH", line -> "535 5.7.8 " + line + " " + user.text() + " " + password.text());
    DestinationId email = email(user, password, recipient);
    DeliveryId id = hospital.deliver(data(), metadata(), email);

    hospital.await(
        id,
        status ->
            part(status, email).reason().filter(Reason.CREDENTIALS_REFUSED::equals).isPresent());
    hospital.command(id, new DeliveryCommand.Cancel());
    hospital.await(id, OverallState.CANCELLED);

    assertThatNowhereAre(hospital.waybill(), user, password);
    assertThat(mailServer.offered()).isEmpty();
    log.assertWithout(user, password, recipient, payload, metadata);
  }

  @Test
  void ofAMailThroughSendGridNothingStaysButItsPayloadWhereItMust() {
    Marker key = new Marker("API key");
    Marker recipient = new Marker("recipient");
    DestinationId email =
        hospital.createMarked(
            serviceJson("\"service\": \"sendgrid\", \"apiKey\": \"" + key.text() + "\"", recipient),
            key);

    failReplayAndArrive(
        SharedMailServices.SEND_GRID,
        email,
        key,
        request -> Answer.status(202).header("X-Message-Id", key.text()));

    assertThat(SharedMailServices.sink().requests(SharedMailServices.SEND_GRID))
        .hasSize(4)
        .allSatisfy(request -> {
          assertThat(request.header("Authorization")).contains("Bearer " + key.text());
          assertThat(request.bodyText()).contains("Report " + payload.text(), recipient.text());
        });
    assertNowhere(recipient, key);
  }

  @Test
  void ofAMailThroughSesNothingStaysButItsPayloadWhereItMust() {
    Marker keyId =
        new Marker("access key id", new Marker("any").text().toUpperCase(java.util.Locale.ROOT));
    Marker secret = new Marker("secret access key");
    Marker token = new Marker("session token");
    Marker recipient = new Marker("recipient");
    DestinationId email =
        hospital.createMarked(
            serviceJson(
                ("\"service\": \"ses\", \"config\": {\"region\": \"us-east-1\", \"accessKeyId\":"
                        + " \"%s\", \"secretAccessKey\": \"%sAAAAAAAA\", \"sessionToken\": \"%s\"}")
                    .formatted(keyId.text(), secret.text(), token.text()),
                recipient),
            keyId,
            secret,
            token);

    failReplayAndArrive(
        SharedMailServices.SES,
        email,
        token,
        request -> Answer.status(200).body("{\"MessageId\": \"" + keyId.text() + "\"}"));

    assertThat(SharedMailServices.sink().requests(SharedMailServices.SES))
        .hasSize(4)
        .allSatisfy(request -> {
          assertThat(request.header("Authorization").orElseThrow()).contains(keyId.text());
          assertThat(request.header("x-amz-security-token")).contains(token.text());
          assertThat(request.bodyText()).contains(recipient.text());
        });
    assertNowhere(recipient, keyId, secret, token);
  }

  /** Twice put off, then refused, then taken; everything is said back each time. */
  private void failReplayAndArrive(
      String path, DestinationId email, Marker secret, Function<ReceivedRequest, Answer> taken) {
    AtomicInteger answers = new AtomicInteger();
    SharedMailServices.sink()
        .answer(
            path,
            request ->
                switch (answers.incrementAndGet()) {
                  case 1 -> echo(503, secret.text(), secret, request);
                  case 2 -> echo(500, secret.text(), secret, request);
                  case 3 -> echo(400, secret.text(), secret, request);
                  default -> taken.apply(request);
                });
    DeliveryId id = hospital.deliver(data(), metadata(), email);
    hospital.await(id, OverallState.FAILED);
    hospital.command(id, new DeliveryCommand.Replay(hospital.deadLetter(id).task().orElseThrow()));
    hospital.await(id, OverallState.COMPLETED);
  }

  private void assertNowhere(Marker recipient, Marker... credentials) {
    List<RawRecord> cluster = assertThatNowhereAre(hospital.waybill(), credentials);
    assertThat(topicsWith(recipient, cluster))
        .contains(Topics.DESTINATIONS)
        .allMatch(Sightings::mayHoldConfigurations);
    assertPayloadsAreWhereTheyMust(DestinationType.EMAIL, cluster);
    log.assertWithout(credentials);
    log.assertWithout(recipient, payload, metadata);
  }

  private String serviceJson(String service, Marker recipient) {
    return """
    {"organizationId": "%s", "label": "Mails", "type": "email",
     "config": {"email": {
       %s,
       "from": "audit@hospital.com",
       "subject": "Report {{patient}}", "bodyTemplate": "{{patient}} on {{ward}}",
       "recipients": ["%s@hospital.com"], %s}}}
    """
        .formatted(hospital.organization(), service, recipient.text(), Tenant.QUICK_RETRIES);
  }

  @Test
  void ofAnObjectNothingStaysButItsPayloadWhereItMust() {
    Marker keyId = new Marker("access key id");
    Marker secret = new Marker("secret access key");
    Marker token = new Marker("session token");
    DestinationId archive =
        hospital.createMarked(
            hospital.storageJson(
                store.uri(""),
                "bucket",
                "/x/",
                10_000,
                "\"accessKeyId\": \"%s\", \"secretAccessKey\": \"%s\", \"sessionToken\": \"%s\","
                    .formatted(keyId.text(), secret.text(), token.text())),
            keyId,
            secret,
            token);
    DeliveryId id = DeliveryId.random();
    String path =
        "/bucket/x/%s.%s.json".formatted(id, TaskId.of(hospital.organization(), id, archive));
    AtomicInteger answers = new AtomicInteger();
    store.answer(
        path,
        request ->
            switch (answers.incrementAndGet()) {
              case 1 -> echo(503, "SlowDown", secret, request);
              case 2 -> echo(500, secret.text(), secret, request);
              case 3 -> echo(403, "AccessDenied", secret, request);
              default ->
                  echo(200, "", secret, request)
                      .body("")
                      .header("ETag", "\"" + token.text() + "\"")
                      .header("x-amz-version-id", keyId.text());
            });

    hospital.deliver(id, data(), metadata(), archive);
    hospital.await(id, OverallState.FAILED);
    hospital.command(id, new DeliveryCommand.Replay(hospital.deadLetter(id).task().orElseThrow()));
    hospital.await(id, OverallState.COMPLETED);

    assertThat(store.requests(path))
        .hasSize(4)
        .allSatisfy(request -> {
          assertThat(request.header("Authorization").orElseThrow()).contains(keyId.text());
          assertThat(request.header("x-amz-security-token")).contains(token.text());
          assertThat(request.bodyText()).isEqualTo(data());
          assertThat(request.headers().toString()).doesNotContain(metadata.text());
        });
    List<RawRecord> cluster = assertThatNowhereAre(hospital.waybill(), keyId, secret, token);
    assertPayloadsAreWhereTheyMust(DestinationType.STORAGE, cluster);
    log.assertWithout(keyId, secret, token, payload, metadata);
  }

  private void assertPayloadsAreWhereTheyMust(DestinationType type, List<RawRecord> cluster) {
    for (Marker marker : List.of(payload, metadata)) {
      assertThat(topicsWith(marker, cluster))
          .as(marker.toString())
          .contains(Topics.REQUESTS, Topics.tasks(type), Topics.DEAD_LETTERS, Topics.COMMANDS)
          .allMatch(Sightings::mayHoldPayloads);
    }
  }

  private DestinationId email(Marker user, Marker password, Marker recipient) {
    return hospital.createMarked(
        """
        {"organizationId": "%s", "label": "Mails", "type": "email",
         "config": {"email": {
           "service": "smtp",
           "smtpConfig": {"host": "127.0.0.1", "port": %d,
             "auth": {"user": "%s", "pass": "%s"}},
           "from": "audit@hospital.com",
           "subject": "Report {{patient}}", "bodyTemplate": "{{patient}} on {{ward}}",
           "recipients": ["%s@hospital.com"], %s}}}
        """
            .formatted(
                hospital.organization(),
                mailServer.port(),
                user.text(),
                password.text(),
                recipient.text(),
                Tenant.QUICK_RETRIES),
        user,
        password);
  }

  private String data() {
    return "{\"patient\":\"" + payload.text() + "\"}";
  }

  private String metadata() {
    return "{\"ward\":\"" + metadata.text() + "\"}";
  }

  /** Says everything back: in the body, and where a store names a request. */
  private static Answer.Respond echo(
      int status, String code, Marker secret, ReceivedRequest request) {
    String said =
        request.headers().toString().replace("<", "").replace("&", "")
            + secret.text()
            + request.bodyText();
    return Answer.status(status)
        .header("Content-Type", "application/xml")
        .header("x-amz-request-id", request.header("Authorization").orElse(""))
        .header("x-amz-id-2", request.header("x-amz-security-token").orElse(""))
        .header("Retry-After", request.header("x-amz-security-token").orElse(""))
        .body(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
                + code
                + "</Code><Message>"
                + said
                + "</Message><RequestId>"
                + said
                + "</RequestId></Error>");
  }
}
