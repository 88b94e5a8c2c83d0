package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.ConnectionTester;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.MailSink;
import io.waybill.wire.DestinationJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a connection test does at the other end, with the real channels and sealed credentials. */
class ChannelTesterTest {
  private static final OrganizationId ORGANIZATION = new OrganizationId("hospital-001");
  private static final DestinationId ID = new DestinationId("d-1");
  private static final String PASSWORD = "correct-horse-battery";

  @TempDir Path folder;
  private final ChannelTester tester = new ChannelTester(Clock.systemUTC());
  private final HttpSink http = HttpSink.start();
  private final MailSink mail = MailSink.start();
  private Keyset keyset;

  @BeforeEach
  void makeKeyset() {
    keyset = Keyset.loadOrCreateDevelopment(folder.resolve("keyset.json")).keyset();
  }

  @AfterEach
  void close() {
    http.close();
    mail.close();
  }

  @Test
  void aWebhookGetsAnEventThatSaysThatItIsATest() {
    ConnectionTester.Result result = test(webhook("/hook"), false, "127.0.0.0/8");

    assertThat(result.outcome()).isInstanceOf(Outcome.Delivered.class);
    assertThat(http.requests("/hook"))
        .singleElement()
        .satisfies(request -> {
          assertThat(request.header("waybill-type")).contains("waybill.test");
          assertThat(request.header("Authorization")).contains("Bearer " + PASSWORD);
          assertThat(request.bodyText()).contains("\"test\":true");
        });
    assertThat(result.rules()).containsExactly("public addresses and 127.0.0.0/8");
  }

  @Test
  void theSendersAddressGuardHolds() {
    ConnectionTester.Result result = test(webhook("/hook"), false);

    assertThat(result.outcome())
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED));
    assertThat(http.requests("/hook")).isEmpty();
    assertThat(result.rules()).containsExactly("public addresses only");
  }

  /** Whatever topics say: the channel knows where it is about to send it. */
  @Test
  void aSealThatWasMadeForAnotherHostIsSentNowhere() {
    ConnectionTester.Operator operator =
        new ConnectionTester.Operator(Optional.empty(), List.of("127.0.0.0/8"), List.of());
    ConnectionTester.Test here = test(webhook("/hook"), true, operator);
    String theirs = webhook("/hook").replace(http.uri("").toString(), "https://hooks.example.com");
    DestinationSecrets stolen = test(theirs, true, operator).secrets();
    ConnectionTester.Test moved =
        new ConnectionTester.Test(
            here.destination(), stolen, here.keyset(), operator, here.data(), true);

    assertThat(tester.run(moved).outcome())
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.INTEGRITY));
    assertThat(http.requests()).isEmpty();
  }

  @Test
  void ofAMailServerOnlyTheWayIsTried() {
    ConnectionTester.Result result = test(email(), false, "127.0.0.0/8");

    assertThat(result.outcome()).isInstanceOf(Outcome.Delivered.class);
    assertThat(mail.commands()).anyMatch(line -> line.startsWith("AUTH ")).contains("NOOP");
    assertThat(mail.commands())
        .noneMatch(line -> line.startsWith("MAIL") || line.startsWith("RCPT"));
  }

  @Test
  void aMailIsSentWhereThatIsWanted() {
    ConnectionTester.Result result = test(email(), true, "127.0.0.0/8");

    assertThat(result.outcome()).isInstanceOf(Outcome.Delivered.class);
    assertThat(mail.taken()).hasSize(1);
  }

  @Test
  void aRefusedLogInIsSaidWithoutTheCredentials() {
    mail.on("AUTH", line -> "535 5.7.8 " + line + " " + PASSWORD);

    Outcome outcome = test(email(), false, "127.0.0.0/8").outcome();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.CREDENTIALS_REFUSED));
    assertThat(outcome.toString()).doesNotContain(PASSWORD);
  }

  @Test
  void ofAStoreOnlyTheBucketIsAskedFor() {
    Outcome outcome =
        test(
                storage(SharedStore.store().endpoint().toString(), SharedStore.SECRET),
                false,
                "127.0.0.0/8")
            .outcome();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            good -> assertThat(good.externalReference()).contains("s3://archive"));
  }

  @Test
  void aStoreThatDoesNotKnowTheKeysSaysSo() {
    Outcome outcome =
        test(
                storage(SharedStore.store().endpoint().toString(), "another-secret-key"),
                false,
                "127.0.0.0/8")
            .outcome();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.STORAGE_PERMANENT));
  }

  @Test
  void nothingIsWrittenToAStoreUnlessThatIsWanted() {
    String json = storage(http.uri("").toString(), "secret-access-key");

    test(json, false, "127.0.0.0/8");

    assertThat(http.requests()).isNotEmpty().allMatch(request -> request.method().equals("GET"));
  }

  @Test
  void theSendersConfigurationFileSaysWhatIsAllowed() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("waybill.yaml"),
            """
            kafka: {bootstrap.servers: "localhost:1"}
            schemaRegistry: {schema.registry.url: "http://localhost:1"}
            keyset: keyset.json
            stateDirectory: state
            instance: test
            allowCidrs: [127.0.0.0/8]
            egressProxy: {host: 127.0.0.1, port: 1}
            """);

    ConnectionTester.Result result =
        tester.run(
            test(
                webhook("/hook"),
                false,
                new ConnectionTester.Operator(Optional.of(config), List.of(), List.of())));

    assertThat(result.outcome())
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.EGRESS_UNAVAILABLE));
    assertThat(result.rules())
        .containsExactly(
            "public addresses and 127.0.0.0/8", "through EgressProxy[127.0.0.1:1, BY_ADDRESS]");
  }

  private ConnectionTester.Result test(String json, boolean delivers, String... allowed) {
    return tester.run(
        test(
            json,
            delivers,
            new ConnectionTester.Operator(
                Optional.empty(), List.of(allowed), List.of("127.0.0.1"))));
  }

  private ConnectionTester.Test test(
      String json, boolean delivers, ConnectionTester.Operator operator) {
    DestinationJson.Valid wish =
        (DestinationJson.Valid) DestinationJson.parse(json.getBytes(UTF_8));
    Sealer sealer = new Sealer(keyset);
    List<SealedField> sealed =
        wish.credentials().entrySet().stream()
            .map(each ->
                sealer.seal(
                    ORGANIZATION,
                    ID,
                    wish.spec().config(),
                    each.getKey(),
                    Secret.of(each.getValue())))
            .toList();
    Destination destination =
        new Destination(
            ID,
            ORGANIZATION,
            wish.spec().label(),
            Optional.empty(),
            wish.spec().config(),
            Fallback.none(),
            false,
            true,
            false,
            1,
            Instant.EPOCH,
            Instant.EPOCH);
    return new ConnectionTester.Test(
        destination,
        new DestinationSecrets(ID, ORGANIZATION, 1, sealed),
        Optional.of(keyset),
        operator,
        RawJson.of("{\"test\":true}"),
        delivers);
  }

  private String webhook(String path) {
    return """
    {"organizationId": "hospital-001", "label": "Hook", "type": "webhook",
     "config": {"webhook": {"url": "%s", "timeout": 3000,
       "headers": {"Authorization": "Bearer %s"}}}}
    """
        .formatted(http.uri(path), PASSWORD);
  }

  private String email() {
    return """
    {"organizationId": "hospital-001", "label": "Mail", "type": "email",
     "config": {"email": {"service": "smtp", "timeout": 5000,
       "smtpConfig": {"host": "127.0.0.1", "port": %d,
         "auth": {"user": "audit", "pass": "%s"}},
       "from": "a@example.com", "subject": "Test", "recipients": ["b@example.com"]}}}
    """
        .formatted(mail.port(), PASSWORD);
  }

  private static String storage(String endpoint, String secret) {
    return """
    {"organizationId": "hospital-001", "label": "Store", "type": "storage",
     "config": {"storage": {"provider": "s3", "path": "/a/", "timeout": 20000,
       "config": {"region": "us-east-1", "bucket": "%s", "endpoint": "%s",
         "accessKeyId": "%s", "secretAccessKey": "%s"}}}}
    """
        .formatted(SharedStore.BUCKET, endpoint, SharedStore.KEY_ID, secret);
  }
}
