package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;

/** What is seen on the wire. */
class StorageRequestTest {
  private final Rig rig = new Rig();
  private final RawServer server = rig.serve(RawServer.answering(RawServer.kept()));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private RawServer.Seen sent(Attempts attempt) {
    assertThat(rig.send(attempt.at(server.url()))).isInstanceOf(Outcome.Delivered.class);
    return server.requests().getLast();
  }

  @Test
  void putsTheDataUnderTheDeliverysKey() {
    Attempts attempt = anAttempt().data("{\"big\": 9007199254740993, \"x\": 1.10 }");

    RawServer.Seen request = sent(attempt);

    assertThat(request.requestLine())
        .isEqualTo(
            "PUT /archive/audit-logs/hospital-001/2026/03/01/"
                + Attempts.DELIVERY
                + "."
                + attempt.build().task().taskId()
                + ".json HTTP/1.1");
    assertThat(request.body()).asString().isEqualTo("{\"big\": 9007199254740993, \"x\": 1.10 }");
    assertThat(request.values("Content-Type")).containsExactly("application/json");
    assertThat(request.values("If-None-Match")).containsExactly("*");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void namesTheChecksumOfTheData() {
    Attempts attempt = anAttempt();
    String hex = attempt.build().data().sha256();

    RawServer.Seen request = sent(attempt);

    assertThat(request.values("x-amz-checksum-sha256"))
        .containsExactly(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)));
    assertThat(request.values("x-amz-meta-waybill-sha256")).containsExactly(hex);
    // No second copy of the checksum, no framing of the SDK's around the data.
    assertThat(request.head().toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("x-amz-trailer", "aws-chunked", "crc32", "transfer-encoding");
  }

  @DisplayName("row 47: asks for encryption and storage class")
  @Test
  void asksForEncryptionAndStorageClass() {
    RawServer.Seen request = sent(anAttempt());

    assertThat(request.values("x-amz-server-side-encryption")).containsExactly("AES256");
    assertThat(request.values("x-amz-storage-class")).containsExactly("STANDARD_IA");
    assertThat(request.values("x-amz-server-side-encryption-aws-kms-key-id")).isEmpty();
  }

  @Test
  void asksForAKeyOfOnesOwn() {
    RawServer.Seen request = sent(anAttempt().kms("alias/audit").plainStorageClass());

    assertThat(request.values("x-amz-server-side-encryption")).containsExactly("aws:kms");
    assertThat(request.values("x-amz-server-side-encryption-aws-kms-key-id"))
        .containsExactly("alias/audit");
    assertThat(request.values("x-amz-storage-class")).isEmpty();
  }

  @Test
  void saysWhatItBelongsTo() {
    Attempts attempt = anAttempt().metadata(Map.of("Team", "audit  7"));

    RawServer.Seen request = sent(attempt);

    assertThat(request.values("x-amz-meta-waybill-delivery-id")).containsExactly(Attempts.DELIVERY);
    assertThat(request.values("x-amz-meta-waybill-task-id"))
        .containsExactly(attempt.build().task().taskId().value());
    assertThat(request.values("x-amz-meta-waybill-organization-id"))
        .containsExactly("hospital-001");
    assertThat(request.values("x-amz-meta-waybill-type")).containsExactly("phi-access");
    assertThat(request.values("x-amz-meta-team")).containsExactly("audit  7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../x", "a\r\nX-Injected: 1", "r\u00e4d", " x"})
  void aTypeLeavesNeitherItsFolderNorItsHeader(String type) {
    RawServer.Seen request = sent(anAttempt().path("/x/{type}/").type(type));

    assertThat(request.requestLine()).matches("PUT /archive/x/[^/ ]+/[^/ ]+ HTTP/1.1");
    assertThat(request.requestLine()).doesNotContain("..");
    assertThat(request.values("X-Injected")).isEmpty();
    assertThat(request.values("x-amz-meta-waybill-type"))
        .isEqualTo(type.equals("../../x") ? List.of(type) : List.of());
  }

  @Test
  void tellsNothingOfThisMachine() {
    RawServer.Seen request = sent(anAttempt());

    assertThat(request.values("User-Agent")).containsExactly("Waybill/1.2.3");
    assertThat(request.head()).doesNotContain(System.getProperty("java.version"), "Linux");
  }

  @Test
  void signsWithTheDestinationsKeys() {
    RawServer.Seen request = sent(anAttempt().session("tok-1"));

    assertThat(request.values("Authorization"))
        .singleElement()
        .asString()
        .startsWith("AWS4-HMAC-SHA256 Credential=local-key/")
        .contains("/us-east-1/s3/aws4_request", "if-none-match", "x-amz-checksum-sha256")
        .contains("x-amz-server-side-encryption", "x-amz-meta-waybill-sha256");
    assertThat(request.values("x-amz-security-token")).containsExactly("tok-1");
    assertThat(request.head()).doesNotContain(Attempts.SECRET_KEY);
  }

  @Test
  void putsTheBucketIntoTheHostWhenPathStyleIsOff() {
    rig.resolver(host -> List.of(java.net.InetAddress.ofLiteral("127.0.0.1")));

    Outcome outcome = rig.send(anAttempt().virtualHost().at("http://s3.example:" + server.port()));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.requests().getLast().values("Host"))
        .containsExactly("archive.s3.example:" + server.port());
    assertThat(server.requests().getLast().requestLine()).startsWith("PUT /audit-logs/");
  }

  @Test
  void reusesConnections() {
    sent(anAttempt());
    sent(anAttempt().number(2));

    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void checksTheDestinationAgain() {
    Outcome outcome =
        rig.send(anAttempt().bucket("other.example/x").path("../x/").at(server.url()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_FIELD);
              assertThat(failed.message())
                  .contains("config.storage.config.bucket", "config.storage.path");
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void waitsForCredentialsThatAreOnTheirWay() {
    assertThat(rig.send(anAttempt().withoutValues(0).at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.DESTINATION_PENDING));
    assertThat(rig.send(anAttempt().withoutValues(1).at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL));
    assertThat(rig.send(anAttempt().keys("has blank", "undefined").at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL);
              assertThat(failed.message()).doesNotContain("has blank");
            });
    assertThat(server.connections()).isZero();
  }

  /** The signature covers it: a store that is asked for another host refuses every object. */
  @ParameterizedTest
  @CsvSource({
    "https,443,archive.s3.example",
    "http,80,archive.s3.example",
    "https,8443,archive.s3.example:8443",
    "http,443,archive.s3.example:443",
  })
  void namesTheHostAsItIsSigned(String protocol, int port, String host) throws Exception {
    SdkHttpFullRequest request =
        SdkHttpFullRequest.builder()
            .method(SdkHttpMethod.PUT)
            .protocol(protocol)
            .host("archive.s3.example")
            .port(port)
            .encodedPath("/key")
            .build();

    BasicClassicHttpRequest message =
        GuardedHttpClient.message(
            HttpExecuteRequest.builder().request(request).build(),
            new HttpHost(protocol, "archive.s3.example", port));

    assertThat(message.getAuthority()).hasToString(host);
  }
}
