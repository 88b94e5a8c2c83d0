package io.waybill.channel.webhook;

import io.waybill.channel.CredentialSource;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookSigning;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests with the keys of one destination version. Keys are read once; which of them still
 * sign is asked at each request, for an overlap ends without a new version. Safe to share between
 * threads.
 *
 * <p>The content signed is {@code id.timestamp.body} in Standard Webhooks and {@code
 * timestamp.body} in the scheme of headers, the body being the very bytes that are sent.
 */
final class Signer {
  private static final String HMAC = "HmacSHA256";

  private final List<Key> keys;

  private Signer(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /** Makes one signature. */
  @FunctionalInterface
  private interface Sign {
    byte[] of(byte[] start, Body body) throws GeneralSecurityException;
  }

  private record Key(WebhookSigning.Key description, Sign sign) {
    boolean makes(SigningAlgorithm algorithm) {
      return description.algorithm() == algorithm;
    }
  }

  /**
   * A signer of secrets that have been checked.
   *
   * @throws IllegalArgumentException when a secret is missing or not one of its algorithm
   */
  static Signer of(WebhookSigning signing, CredentialSource.Opened opened) {
    List<Key> keys = new ArrayList<>();
    for (WebhookSigning.Key key : signing.keys()) {
      String secret =
          opened
              .value(key.credentialName())
              .orElseThrow(() -> new IllegalArgumentException("a signing secret is missing"));
      keys.add(new Key(key, sign(key.algorithm(), secret)));
    }
    return new Signer(keys);
  }

  private static Sign sign(SigningAlgorithm algorithm, String secret) {
    return switch (algorithm) {
      case V1, HEADERS -> {
        SecretKeySpec key = new SecretKeySpec(SigningSecrets.hmacKey(algorithm, secret), HMAC);
        yield (start, body) -> {
          Mac mac = Mac.getInstance(HMAC);
          mac.init(key);
          mac.update(start);
          body.forEach(mac::update);
          return mac.doFinal();
        };
      }
      case V1A -> {
        PrivateKey key = SigningSecrets.privateKey(secret);
        yield (start, body) -> {
          Signature signature = Signature.getInstance("Ed25519");
          signature.initSign(key);
          signature.update(start);
          for (byte[] piece : body.pieces()) {
            signature.update(piece);
          }
          return signature.sign();
        };
      }
    };
  }

  /** Whether a signature takes a good part of a millisecond, however short the body is. */
  boolean isSlow() {
    return keys.stream().anyMatch(key -> key.makes(SigningAlgorithm.V1A));
  }

  /**
   * Adds the headers of every scheme that a living key belongs to.
   *
   * @param messageId {@code webhook-id}, the same on each attempt
   * @param now the time of the attempt, the one in {@code webhook-timestamp}
   * @param body as sent
   * @param header takes names and values
   */
  void sign(
      String messageId,
      String deliveryId,
      Instant now,
      Body body,
      BiConsumer<String, String> header) {
    List<Key> living = keys.stream().filter(key -> key.description().signsAt(now)).toList();
    byte[] start = utf8(messageId + "." + now.getEpochSecond() + ".");
    List<String> standard = new ArrayList<>();
    for (Key key : living) {
      if (!key.makes(SigningAlgorithm.HEADERS)) {
        standard.add(
            key.description().algorithm().word()
                + ","
                + Base64.getEncoder().encodeToString(made(key, start, body)));
      }
    }
    if (!standard.isEmpty()) {
      header.accept("webhook-signature", String.join(" ", standard));
    }
    signInHeaders(living, messageId, deliveryId, now, body, header);
  }

  private static void signInHeaders(
      List<Key> living,
      String messageId,
      String deliveryId,
      Instant now,
      Body body,
      BiConsumer<String, String> header) {
    String timestamp = now.truncatedTo(ChronoUnit.MILLIS).toString();
    byte[] start = utf8(timestamp + ".");
    List<String> signatures = new ArrayList<>();
    for (Key key : living) {
      if (key.makes(SigningAlgorithm.HEADERS)) {
        signatures.add("sha256=" + HexFormat.of().formatHex(made(key, start, body)));
      }
    }
    if (!signatures.isEmpty()) {
      header.accept("X-Webhook-Timestamp", timestamp);
      header.accept("X-Idempotency-Key", messageId);
      header.accept("X-Delivery-Id", deliveryId);
      header.accept("X-Webhook-Signature", String.join(",", signatures));
    }
  }

  private static byte[] made(Key key, byte[] start, Body body) {
    try {
      return key.sign().of(start, body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot sign", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
