package io.waybill.wire;

import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signing, authentication and TLS of webhooks between Avro and the domain. */
final class IdentityMapping {
  private IdentityMapping() {}

  static io.waybill.avro.@Nullable WebhookSigning toAvro(Optional<WebhookSigning> signing) {
    return signing
        .map(own ->
            new io.waybill.avro.WebhookSigning(
                own.keys().stream().map(IdentityMapping::toAvro).toList(),
                own.overlap().toMillis()))
        .orElse(null);
  }

  private static io.waybill.avro.SigningKey toAvro(WebhookSigning.Key key) {
    return new io.waybill.avro.SigningKey(
        key.number(),
        key.algorithm().word(),
        key.publicKey().orElse(null),
        key.until().orElse(null));
  }

  static WebhookSigning toDomain(io.waybill.avro.WebhookSigning signing) {
    return new WebhookSigning(
        signing.getKeys().stream().map(IdentityMapping::toDomain).toList(),
        Duration.ofMillis(signing.getOverlapMillis()));
  }

  private static WebhookSigning.Key toDomain(io.waybill.avro.SigningKey key) {
    return new WebhookSigning.Key(
        key.getNumber(),
        SigningAlgorithm.parse(key.getAlgorithm())
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "algorithm of a signing key is not known to this version")),
        Optional.ofNullable(key.getPublicKey()),
        Optional.ofNullable(key.getUntil()));
  }

  static io.waybill.avro.WebhookAuth toAvro(WebhookAuth auth) {
    return new io.waybill.avro.WebhookAuth(
        auth.word(), auth instanceof WebhookAuth.ApiKey key ? key.header() : null);
  }

  static WebhookAuth toDomain(io.waybill.avro.WebhookAuth auth) {
    return switch (auth.getType()) {
      case WebhookAuth.Basic.WORD -> new WebhookAuth.Basic();
      case WebhookAuth.Bearer.WORD -> new WebhookAuth.Bearer();
      case WebhookAuth.ApiKey.WORD -> {
        if (auth.getHeader() == null) {
          throw new IllegalArgumentException("header of the api-key is missing");
        }
        yield new WebhookAuth.ApiKey(auth.getHeader());
      }
      default -> throw new IllegalArgumentException("type of auth is not known to this version");
    };
  }

  static io.waybill.avro.WebhookTls toAvro(WebhookTls tls) {
    return new io.waybill.avro.WebhookTls(
        tls.ca().orElse(null), tls.clientCertificate().orElse(null));
  }

  static WebhookTls toDomain(io.waybill.avro.WebhookTls tls) {
    return new WebhookTls(
        Optional.ofNullable(tls.getCa()), Optional.ofNullable(tls.getClientCertificate()));
  }
}
