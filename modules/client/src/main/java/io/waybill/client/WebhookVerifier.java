package io.waybill.client;

import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningSecrets;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a webhook comes from whoever shares the secret, unaltered and of these minutes.
 * Verify the body as it arrived, before anything parses or inflates it:
 *
 * <pre>{@code
 * WebhookVerifier verifier = WebhookVerifier.of(System.getenv("WAYBILL_SIGNING_SECRET"));
 * WebhookDeduplicator seen = new WebhookDeduplicator(Duration.ofHours(24), 100_000);
 * server.createContext("/hook", exchange -> {
 *   byte[] body = exchange.getRequestBody().readAllBytes();
 *   int status = 204;
 *   try {
 *     VerifiedWebhook webhook = verifier.verify(exchange.getRequestHeaders()::getFirst, body);
 *     if (seen.isFirst(webhook.id())) handle(body);
 *   } catch (WebhookVerificationException e) { status = 401; }
 *   exchange.sendResponseHeaders(status, -1);
 * });
 * }</pre>
 *
 * <p>Body and time are always what was signed. The id is too, but for the scheme {@code headers}:
 * see {@link VerifiedWebhook#id}.
 *
 * <p>Several secrets are for a rotation: give the new one beside the old one, and take the old one
 * away when the sender's overlap has ended. Safe to share between threads.
 */
public final class WebhookVerifier {
  /** How far a request's time may be from now, back and forth. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  /** More than a sender has keys; a longer list only costs time. */
  private static final int MOST_SIGNATURES = 20;

  private final List<SecretKeySpec> symmetric = new ArrayList<>();
  private final List<PublicKey> asymmetric = new ArrayList<>();
  private final List<SecretKeySpec> plain = new ArrayList<>();
  private final InstantSource clock;

  private WebhookVerifier(List<String> secrets, InstantSource clock) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("give at least one signing secret or public key");
    }
    secrets.forEach(this::add);
    this.clock = clock;
  }

  /**
   * A verifier for these secrets: {@code whsec_...} (v1) and public keys {@code whpk_...} (v1a) of
   * Standard Webhooks, and any other text as a secret of the scheme {@code headers}.
   *
   * @throws IllegalArgumentException when one of them cannot be a secret
   */
  public static WebhookVerifier of(String... secrets) {
    return of(List.of(secrets), InstantSource.system());
  }

  /** The same with a clock, for tests. */
  public static WebhookVerifier of(List<String> secrets, InstantSource clock) {
    return new WebhookVerifier(secrets, clock);
  }

  private void add(String secret) {
    if (secret.startsWith(SigningSecrets.PUBLIC_PREFIX)) {
      asymmetric.add(
          SigningSecrets.publicKey(secret)
              .orElseThrow(() -> new IllegalArgumentException("not a whpk_ public key")));
      return;
    }
    SigningAlgorithm algorithm =
        SigningSecrets.algorithmOf(secret).orElse(SigningAlgorithm.HEADERS);
    if (algorithm == SigningAlgorithm.V1A) {
      throw new IllegalArgumentException(
          "whsk_ is the sender's private key: a receiver needs the whpk_ public key");
    }
    SigningSecrets.check("the signing secret", algorithm, secret).stream()
        .findFirst()
        .ifPresent(error -> {
          throw new IllegalArgumentException(error.toString());
        });
    SecretKeySpec key = new SecretKeySpec(SigningSecrets.hmacKey(algorithm, secret), "HmacSHA256");
    (algorithm == SigningAlgorithm.V1 ? symmetric : plain).add(key);
  }

  /**
   * Verifies one request.
   *
   * @param header gives the value of a header by its name, null when there is none; case must not
   *     matter to it
   * @param body the very bytes that arrived
   * @throws WebhookVerificationException when it must not be believed
   */
  public VerifiedWebhook verify(Function<String, @Nullable String> header, byte[] body)
      throws WebhookVerificationException {
    boolean standard = !symmetric.isEmpty() || !asymmetric.isEmpty();
    @Nullable String signature = header.apply("webhook-signature");
    if (standard && (signature != null || plain.isEmpty())) {
      return verifyStandard(header, present(signature, "webhook-signature"), body);
    }
    return verifyHeaders(header, body);
  }

  private VerifiedWebhook verifyStandard(
      Function<String, @Nullable String> header, String signatures, byte[] body)
      throws WebhookVerificationException {
    String id = present(header.apply("webhook-id"), "webhook-id");
    String seconds = present(header.apply("webhook-timestamp"), "webhook-timestamp");
    if (!SECONDS.matcher(seconds).matches()) {
      throw new WebhookVerificationException("webhook-timestamp is not a time in seconds");
    }
    Instant timestamp = recent(Instant.ofEpochSecond(Long.parseLong(seconds)));
    byte[] start = utf8(id + "." + seconds + ".");
    boolean good =
        Stream.of(signatures.split(" ", -1))
            .limit(MOST_SIGNATURES)
            .anyMatch(signature -> isGood(signature, start, body));
    return believed(good, id, timestamp);
  }

  private boolean isGood(String signature, byte[] start, byte[] body) {
    if (signature.startsWith("v1,")) {
      return base64(signature.substring(3))
          .filter(bytes -> isMac(symmetric, bytes, start, body))
          .isPresent();
    }
    return signature.startsWith("v1a,")
        && base64(signature.substring(4))
            .filter(
                bytes -> asymmetric.stream().anyMatch(key -> isSignature(key, bytes, start, body)))
            .isPresent();
  }

  private VerifiedWebhook verifyHeaders(Function<String, @Nullable String> header, byte[] body)
      throws WebhookVerificationException {
    String signatures = present(header.apply("X-Webhook-Signature"), "X-Webhook-Signature");
    String time = present(header.apply("X-Webhook-Timestamp"), "X-Webhook-Timestamp");
    String id = present(header.apply("X-Idempotency-Key"), "X-Idempotency-Key");
    Instant timestamp;
    try {
      timestamp = recent(Instant.parse(time));
    } catch (DateTimeParseException e) {
      throw new WebhookVerificationException("X-Webhook-Timestamp is not a time in ISO 8601");
    }
    byte[] start = utf8(time + ".");
    boolean good =
        Stream.of(signatures.split(",", -1))
            .limit(MOST_SIGNATURES)
            .map(String::strip)
            .filter(signature -> signature.startsWith("sha256="))
            .flatMap(signature -> hex(signature.substring(7)).stream())
            .anyMatch(bytes -> isMac(plain, bytes, start, body));
    return believed(good, id, timestamp);
  }

  private Instant recent(Instant timestamp) throws WebhookVerificationException {
    if (Duration.between(timestamp, clock.instant()).abs().compareTo(TOLERANCE) > 0) {
      throw new WebhookVerificationException(
          "the request's time is more than "
              + TOLERANCE.toMinutes()
              + " minutes from now: it is repeated, or a clock is wrong");
    }
    return timestamp;
  }

  private static VerifiedWebhook believed(boolean good, String id, Instant timestamp)
      throws WebhookVerificationException {
    if (!good) {
      throw new WebhookVerificationException(
          "no signature is of a known secret over this body: the secret is another, or the body"
              + " was altered, parsed or inflated on its way here");
    }
    return new VerifiedWebhook(id, timestamp);
  }

  private static boolean isMac(
      List<SecretKeySpec> keys, byte[] claimed, byte[] start, byte[] body) {
    boolean any = false;
    for (SecretKeySpec key : keys) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        mac.update(start);
        // In constant time, whichever secret it is.
        any |= MessageDigest.isEqual(mac.doFinal(body), claimed);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JVM cannot compute HMAC-SHA-256", e);
      }
    }
    return any;
  }

  private static boolean isSignature(PublicKey key, byte[] claimed, byte[] start, byte[] body) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(start);
      signature.update(body);
      return signature.verify(claimed);
    } catch (GeneralSecurityException e) {
      // Not in the form of a signature.
      return false;
    }
  }

  private static String present(@Nullable String value, String name)
      throws WebhookVerificationException {
    if (value == null || value.isEmpty()) {
      throw new WebhookVerificationException("the header " + name + " is missing");
    }
    return value;
  }

  private static Optional<byte[]> base64(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> hex(String text) {
    try {
      return Optional.of(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
