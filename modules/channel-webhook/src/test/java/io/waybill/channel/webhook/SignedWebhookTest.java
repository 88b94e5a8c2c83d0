package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookSigning.Key;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed requests on the wire, verified by programs that we did not write. */
class SignedWebhookTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String DATA = "{ \"money\":1.10, \"name\":\"\u00e9 \ud83d\ude80\" }";

  @TempDir Path folder;
  // The libraries compare with their own clock.
  private final Instant now = Instant.now();
  private final Rig rig = new Rig().at(now);
  private final RawServer server = rig.serve(RawServer.answering(200));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @Test
  void bothPublicLibrariesVerifyV1() throws Exception {
    String secret = SigningSecrets.generate(SigningAlgorithm.V1, RANDOM);

    RawServer.Seen request = send(anAttempt().signed(SigningAlgorithm.V1, secret).data(DATA));

    verifyWithLibraries(secret, request);
    // And they do notice.
    String altered = text(request).replace("1.10", "9.10");
    assertThatThrownBy(
            () -> new com.standardwebhooks.Webhook(secret).verify(altered, headers(request).map()))
        .hasMessageContaining("signature");
    assertThatThrownBy(() -> new com.svix.Webhook(secret).verify(altered, headers(request).map()))
        .hasMessageContaining("signature");
  }

  @Test
  void bothLibrariesVerifyWithTheOldAndTheNewSecretDuringAnOverlap() throws Exception {
    String old = SigningSecrets.generate(SigningAlgorithm.V1, RANDOM);
    String fresh = SigningSecrets.generate(SigningAlgorithm.V1, RANDOM);

    RawServer.Seen during = send(rotated(fresh, old, now.plusSeconds(1)));
    RawServer.Seen after = send(rotated(fresh, old, now));

    verifyWithLibraries(old, during);
    verifyWithLibraries(fresh, during);
    verifyWithLibraries(fresh, after);
    assertThatThrownBy(() -> verifyWithLibraries(old, after)).hasMessageContaining("signature");
  }

  @Test
  void aReceiverThatKnowsNoV1aVerifiesTheV1BesideIt() throws Exception {
    String shared = SigningSecrets.generate(SigningAlgorithm.V1, RANDOM);
    String pair = SigningSecrets.generate(SigningAlgorithm.V1A, RANDOM);
    Key next = Key.current(2, SigningAlgorithm.V1A, Optional.empty());
    WebhookSigning signing =
        WebhookSigning.of(Key.current(1, SigningAlgorithm.V1, Optional.empty()))
            .rotatedTo(next, now, WebhookSigning.DEFAULT_OVERLAP);

    RawServer.Seen request =
        send(
            anAttempt()
                .signing(signing)
                .credential("webhook.signing.secrets.1", shared)
                .credential("webhook.signing.secrets.2", pair));

    assertThat(request.values("webhook-signature").getFirst()).startsWith("v1a,").contains(" v1,");
    verifyWithLibraries(shared, request);
  }

  @Test
  void signsTheCompressedBytesThatAreSent() throws Exception {
    String secret = SigningSecrets.generate(SigningAlgorithm.V1, RANDOM);
    String data = "\"" + "x".repeat(10_000) + "\"";

    RawServer.Seen request =
        send(anAttempt().signed(SigningAlgorithm.V1, secret).gzip().data(data));

    assertThat(request.values("Content-Encoding")).containsExactly("gzip");
    assertThat(request.values("Content-Length"))
        .containsExactly(Integer.toString(request.body().length));
    assertThat(request.body().length).isLessThan(1_000);
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
      assertThat(new String(gzip.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(data);
    }
    assertThat(request.values("webhook-signature"))
        .containsExactly("v1," + openSslHmac(secret, request));
  }

  @Test
  void openSslVerifiesV1() throws Exception {
    String secret = SigningSecrets.generate(SigningAlgorithm.V1, RANDOM);

    RawServer.Seen request = send(anAttempt().signed(SigningAlgorithm.V1, secret).data(DATA));

    assertThat(request.values("webhook-signature"))
        .containsExactly("v1," + openSslHmac(secret, request));
  }

  @Test
  void openSslVerifiesV1a() throws Exception {
    assumeTrue(hasOpenSsl(), "openssl is not on the PATH");
    String secret = SigningSecrets.generate(SigningAlgorithm.V1A, RANDOM);

    RawServer.Seen request = send(anAttempt().signed(SigningAlgorithm.V1A, secret).data(DATA));

    String signature = request.values("webhook-signature").getFirst();
    byte[] point =
        Base64.getDecoder().decode(SigningSecrets.publicKeyOf(secret).substring("whpk_".length()));
    byte[] der =
        HexFormat.of().parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(point));
    Files.write(folder.resolve("key.der"), der);
    Files.write(folder.resolve("content"), content(request));
    Files.write(
        folder.resolve("signature"),
        Base64.getDecoder().decode(signature.substring("v1a,".length())));
    String said =
        run(
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "key.der",
            "-keyform",
            "DER",
            "-rawin",
            "-in",
            "content",
            "-sigfile",
            "signature");
    assertThat(said).contains("Signature Verified Successfully");
  }

  @Test
  void everyAttemptHasTheSameIdAndASignatureOfItsOwnTime() {
    String secret = SigningSecrets.generate(SigningAlgorithm.V1, RANDOM);
    Attempts attempt = anAttempt().signed(SigningAlgorithm.V1, secret);

    RawServer.Seen first = send(attempt);
    RawServer.Seen second;
    try (Rig later = new Rig().at(now.plusSeconds(90))) {
      later.send(attempt.number(2));
      second = server.requests().getLast();
    }

    assertThat(second.values("webhook-id")).isEqualTo(first.values("webhook-id"));
    assertThat(second.values("webhook-timestamp"))
        .containsExactly(Long.toString(now.plusSeconds(90).getEpochSecond()));
    assertThat(second.values("webhook-signature")).isNotEqualTo(first.values("webhook-signature"));
  }

  @Test
  void theSchemeOfHeadersSendsItsFourHeaders() throws Exception {
    String secret = SigningSecrets.generate(SigningAlgorithm.HEADERS, RANDOM);

    RawServer.Seen request = send(anAttempt().signed(SigningAlgorithm.HEADERS, secret).data(DATA));

    String taskId = request.values("webhook-id").getFirst();
    String timestamp = request.values("X-Webhook-Timestamp").getFirst();
    assertThat(Instant.parse(timestamp).getEpochSecond()).isEqualTo(now.getEpochSecond());
    assertThat(request.values("X-Idempotency-Key")).containsExactly(taskId);
    assertThat(request.values("X-Delivery-Id")).containsExactly(Attempts.DELIVERY.toString());
    assertThat(request.values("webhook-signature")).isEmpty();
    assumeTrue(hasOpenSsl(), "openssl is not on the PATH");
    Files.write(
        folder.resolve("content"),
        (timestamp + "." + text(request)).getBytes(StandardCharsets.UTF_8));
    assertThat(run("openssl", "dgst", "-sha256", "-hmac", secret, "-r", "content"))
        .startsWith(request.values("X-Webhook-Signature").getFirst().substring("sha256=".length()));
  }

  @Test
  void aSecretThatIsNoneIsNotSignedWith() {
    Outcome outcome =
        rig.send(anAttempt().at(server.url()).signed(SigningAlgorithm.V1, "whsec_short"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL);
              assertThat(failed.message()).doesNotContain("whsec_short");
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void aSecretThatIsStillOnItsWayIsAwaited() {
    Attempts signed = anAttempt().at(server.url()).secretsVersion(0);
    signed.signing(WebhookSigning.of(Key.current(1, SigningAlgorithm.V1, Optional.empty())));

    assertThat(rig.send(signed))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.DESTINATION_PENDING));
    assertThat(server.connections()).isZero();
  }

  private Attempts rotated(String fresh, String old, Instant end) {
    return anAttempt()
        .signing(
            new WebhookSigning(
                List.of(
                    Key.current(2, SigningAlgorithm.V1, Optional.empty()),
                    new Key(1, SigningAlgorithm.V1, Optional.empty(), Optional.of(end))),
                WebhookSigning.DEFAULT_OVERLAP))
        .credential("webhook.signing.secrets.1", old)
        .credential("webhook.signing.secrets.2", fresh);
  }

  private RawServer.Seen send(Attempts attempt) {
    assertThat(rig.send(attempt.at(server.url()))).isInstanceOf(Outcome.Delivered.class);
    return server.requests().getLast();
  }

  private static void verifyWithLibraries(String secret, RawServer.Seen request) throws Exception {
    new com.standardwebhooks.Webhook(secret).verify(text(request), headers(request).map());
    new com.svix.Webhook(secret).verify(text(request), headers(request).map());
  }

  private static HttpHeaders headers(RawServer.Seen request) {
    Map<String, List<String>> all =
        Map.of(
            "webhook-id", request.values("webhook-id"),
            "webhook-timestamp", request.values("webhook-timestamp"),
            "webhook-signature", request.values("webhook-signature"));
    return HttpHeaders.of(all, (name, value) -> true);
  }

  private static String text(RawServer.Seen request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  private static byte[] content(RawServer.Seen request) {
    String start =
        request.values("webhook-id").getFirst()
            + "."
            + request.values("webhook-timestamp").getFirst()
            + ".";
    byte[] head = start.getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[head.length + request.body().length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(request.body(), 0, all, head.length, request.body().length);
    return all;
  }

  private String openSslHmac(String secret, RawServer.Seen request) throws Exception {
    assumeTrue(hasOpenSsl(), "openssl is not on the PATH");
    Files.write(folder.resolve("content"), content(request));
    byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
    String hexKey = "hexkey:" + HexFormat.of().formatHex(key);
    String said =
        run("openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", hexKey, "-r", "content");
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(said.substring(0, 64)));
  }

  private static boolean hasOpenSsl() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(each -> Files.isExecutable(Path.of(each, "openssl")));
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
