package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.PemRules;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookAuthRules;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code signing}, {@code auth} and {@code tls} of {@code config.webhook}. */
final class IdentityDraft {
  private static final String PATH = "config.webhook.";
  private static final String SIGNING = PATH + "signing.";
  private static final String AUTH = PATH + "auth.";
  private static final String TLS = PATH + "tls.";

  private static final Set<String> SET_BY_WAYBILL = Set.of("publicKey", "previous");

  private final FieldReader fields;

  IdentityDraft(FieldReader fields) {
    this.fields = fields;
  }

  /**
   * How it wants to be signed: one key, whose secret is among the credentials when it was given.
   * Without one a secret is to be made, or the stored one to be kept.
   */
  Optional<WebhookSigning> signing(JsonNode json) {
    Optional<JsonNode> object =
        fields.object(
            json, PATH, "signing", "an object; {} signs with a secret that Waybill makes");
    if (object.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = object.get();
    SET_BY_WAYBILL.stream()
        .filter(node::has)
        .forEach(name ->
            fields.error(
                SIGNING + name, DestinationJson.UNKNOWN_FIELD, "is set by Waybill: leave it out"));
    if (SET_BY_WAYBILL.stream().noneMatch(node::has)) {
      fields.onlyKnown(SIGNING, node, IdentityFormat.SIGNING.names());
    }
    Duration overlap =
        fields.millis(node, SIGNING, "overlap").orElse(WebhookSigning.DEFAULT_OVERLAP);
    Optional<String> secret =
        fields.text(node, SIGNING, "secret").filter(text -> !DestinationJson.isMask(text));
    SigningAlgorithm algorithm = algorithm(node, secret);
    Optional<String> publicKey = Optional.empty();
    if (secret.isPresent()) {
      List<FieldError> wrong = SigningSecrets.check(SIGNING + "secret", algorithm, secret.get());
      fields.addAll(wrong);
      publicKey =
          secret
              .filter(text -> wrong.isEmpty() && algorithm == SigningAlgorithm.V1A)
              .map(SigningSecrets::publicKeyOf);
    }
    WebhookSigning.Key key = WebhookSigning.Key.current(1, algorithm, publicKey);
    secret.ifPresent(text -> fields.credential(key.credentialName(), text));
    return Optional.of(new WebhookSigning(List.of(key), overlap));
  }

  private SigningAlgorithm algorithm(JsonNode node, Optional<String> secret) {
    String scheme = fields.text(node, SIGNING, "scheme").orElse(IdentityFormat.STANDARD_WEBHOOKS);
    Optional<String> word = fields.text(node, SIGNING, "algorithm");
    switch (scheme) {
      case IdentityFormat.HEADERS -> {
        if (word.isPresent()) {
          fields.error(
              SIGNING + "algorithm",
              DestinationJson.UNKNOWN_FIELD,
              "belongs to the scheme standard-webhooks: headers has one algorithm");
        }
        return SigningAlgorithm.HEADERS;
      }
      case IdentityFormat.STANDARD_WEBHOOKS -> {
        SigningAlgorithm implied =
            secret.flatMap(SigningSecrets::algorithmOf).orElse(SigningAlgorithm.V1);
        if (word.isEmpty()) {
          return implied;
        }
        Optional<SigningAlgorithm> named =
            SigningAlgorithm.parse(word.get())
                .filter(algorithm -> algorithm != SigningAlgorithm.HEADERS);
        if (named.isEmpty()) {
          fields.error(
              SIGNING + "algorithm",
              DestinationRules.INVALID_VALUE,
              "must be \"v1\" (HMAC-SHA256) or \"v1a\" (Ed25519)");
        }
        return named.orElse(implied);
      }
      default -> {
        fields.error(
            SIGNING + "scheme",
            DestinationRules.INVALID_VALUE,
            "must be \"standard-webhooks\" or \"headers\"");
        return SigningAlgorithm.V1;
      }
    }
  }

  /** How it wants to be authenticated, or nothing with errors noted. */
  Optional<WebhookAuth> auth(JsonNode json) {
    Optional<JsonNode> object =
        fields.object(json, PATH, "auth", "an object with a type: basic, bearer or api-key");
    if (object.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = object.get();
    Optional<WebhookAuth> auth =
        switch (fields.required(node, AUTH, "type").orElse("")) {
          case WebhookAuth.Basic.WORD -> {
            fields.onlyKnown(AUTH, node, IdentityFormat.authNames(WebhookAuth.Basic.WORD));
            yield Optional.of(new WebhookAuth.Basic());
          }
          case WebhookAuth.Bearer.WORD -> {
            fields.onlyKnown(AUTH, node, IdentityFormat.authNames(WebhookAuth.Bearer.WORD));
            yield Optional.of(new WebhookAuth.Bearer());
          }
          case WebhookAuth.ApiKey.WORD -> {
            fields.onlyKnown(AUTH, node, IdentityFormat.authNames(WebhookAuth.ApiKey.WORD));
            yield Optional.of(
                new WebhookAuth.ApiKey(
                    fields.text(node, AUTH, "header").orElse(WebhookAuth.ApiKey.DEFAULT_HEADER)));
          }
          default -> {
            if (!fields.hasErrorIn(PATH + "auth")) {
              fields.error(
                  AUTH + "type",
                  DestinationRules.INVALID_VALUE,
                  "must be \"basic\", \"bearer\" or \"api-key\"");
            }
            yield Optional.empty();
          }
        };
    auth.ifPresent(chosen -> chosen.credentialNames().forEach(name -> authValue(node, name)));
    return auth;
  }

  private void authValue(JsonNode node, String name) {
    String field = name.substring(name.lastIndexOf('.') + 1);
    fields
        .required(node, AUTH, field)
        .ifPresent(value -> {
          fields.credential(name, value);
          if (!DestinationJson.isMask(value)) {
            fields.addAll(WebhookAuthRules.checkValue(name, value));
          }
        });
  }

  /** Certificates; what is wrong with them is noted by whoever checks the whole. */
  Optional<WebhookTls> tls(JsonNode json) {
    Optional<JsonNode> object =
        fields.object(json, PATH, "tls", "an object with ca, clientCertificate and clientKey");
    if (object.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = object.get();
    fields.onlyKnown(TLS, node, IdentityFormat.TLS.names());
    Optional<String> ca = fields.text(node, TLS, "ca");
    Optional<String> certificate = fields.text(node, TLS, "clientCertificate");
    Optional<String> key = fields.text(node, TLS, "clientKey");
    if (certificate.isPresent() && key.isEmpty()) {
      fields.error(
          TLS + "clientKey",
          DestinationRules.REQUIRED,
          "is missing: the certificate is of no use without its key");
    }
    if (key.isPresent() && certificate.isEmpty()) {
      fields.error(
          TLS + "clientCertificate",
          DestinationRules.REQUIRED,
          "is missing: the key is of no use without its certificate");
    }
    key.ifPresent(pem -> {
      fields.credential(WebhookTls.CLIENT_KEY, pem);
      if (!DestinationJson.isMask(pem)) {
        Optional<X509Certificate> own =
            certificate.map(PemRules::certificates).flatMap(list -> list.stream().findFirst());
        fields.addAll(PemRules.checkKey(TLS + "clientKey", pem, own));
      }
    });
    return Optional.of(new WebhookTls(ca, certificate));
  }
}
