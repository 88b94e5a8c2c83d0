package io.waybill.wire;

import static io.waybill.wire.Field.optional;
import static io.waybill.wire.Field.required;
import static io.waybill.wire.Shapes.fields;
import static io.waybill.wire.Shapes.form;
import static io.waybill.wire.Shapes.millis;
import static io.waybill.wire.Shapes.text;
import static io.waybill.wire.Shapes.value;
import static io.waybill.wire.Shapes.word;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.PemRules;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningRules;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookAuthRules;
import io.waybill.domain.WebhookSigning;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of {@code signing}, {@code auth} and {@code tls} of a webhook. */
final class IdentityFormat {
  static final String STANDARD_WEBHOOKS = "standard-webhooks";
  static final String HEADERS = "headers";

  /** PKCS#8 in PEM, or the mask of a read-back. */
  private static final String CLIENT_KEY =
      "\\s*-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\\s]*-----END PRIVATE KEY-----\\s*"
          + "|\\*{4}[\\s\\S]*";

  /** What each type of authentication holds, in the order in which it is documented. */
  private static final Map<String, List<String>> AUTH_FIELDS = authFields();

  static final Shape.Fields SIGNING =
      fields()
          .with(
              "scheme",
              optional(
                  word(STANDARD_WEBHOOKS, HEADERS),
                  "How signatures are sent.",
                  value(STANDARD_WEBHOOKS)))
          .with(
              "algorithm",
              optional(
                  word(SigningAlgorithm.V1.word(), SigningAlgorithm.V1A.word()),
                  "HMAC-SHA256 (v1) or Ed25519 (v1a), with standard-webhooks only; as the secret"
                      + " says when left out, v1 without one."))
          .with(
              "secret",
              optional(
                      text(1, SigningSecrets.MAX_TEXT_LENGTH),
                      "whsec_ or whsk_ and base64, or plain text with the scheme headers; Waybill"
                          + " makes one, or keeps the stored one, when left out.")
                  .sealed())
          .with(
              "overlap",
              optional(
                  millis(Duration.ZERO, SigningRules.MAX_OVERLAP),
                  "Milliseconds that a secret signs along after another took its place.",
                  millis(WebhookSigning.DEFAULT_OVERLAP)))
          .build(IdentityFormat::noAlgorithmWithHeaders);

  static final Shape.Fields AUTH =
      fields()
          .with(
              "type",
              required(
                  word(WebhookAuth.Basic.WORD, WebhookAuth.Bearer.WORD, WebhookAuth.ApiKey.WORD),
                  "How Waybill shows who it is."))
          .with("username", optional(credential(), "With basic: the user name.").sealed())
          .with("password", optional(credential(), "With basic: the password.").sealed())
          .with(
              "token",
              optional(credential(), "With bearer: the token, without the word Bearer.").sealed())
          .with(
              "header",
              optional(
                  form("[!#$%&'*+.^_`|~0-9A-Za-z-]+"),
                  "With api-key: the header that carries the key.",
                  value(WebhookAuth.ApiKey.DEFAULT_HEADER)))
          .with("key", optional(credential(), "With api-key: the key.").sealed())
          .build(IdentityFormat::fieldsOfItsType);

  static final Shape.Fields TLS =
      fields()
          .with(
              "ca",
              optional(
                  text(1, PemRules.MAX_LENGTH),
                  "Certificates in PEM: whom to trust, and nobody else."))
          .with(
              "clientCertificate",
              optional(
                  text(1, PemRules.MAX_LENGTH),
                  "Waybill's own certificate in PEM, its issuers behind it."))
          .with(
              "clientKey",
              optional(
                      form(CLIENT_KEY),
                      "The key of the first clientCertificate: PKCS#8 in PEM, without a password.")
                  .sealed())
          .build(IdentityFormat::certificateWithKey);

  private IdentityFormat() {}

  private static Map<String, List<String>> authFields() {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    fields.put(WebhookAuth.Basic.WORD, List.of("username", "password"));
    fields.put(WebhookAuth.Bearer.WORD, List.of("token"));
    fields.put(WebhookAuth.ApiKey.WORD, List.of("header", "key"));
    return fields;
  }

  /** The names that authentication of a type knows. */
  static Set<String> authNames(String type) {
    Set<String> names = new LinkedHashSet<>(AUTH_FIELDS.getOrDefault(type, List.of()));
    names.add("type");
    return Set.copyOf(names);
  }

  private static Shape.Text credential() {
    return text(1, WebhookAuthRules.MAX_LENGTH);
  }

  private static ObjectNode noAlgorithmWithHeaders(ObjectNode schema) {
    ObjectNode rule = schema.putArray("allOf").addObject();
    given(rule.putObject("if"), "scheme").put("const", HEADERS);
    ObjectNode then = rule.putObject("then");
    then.putObject("properties").putObject("algorithm").put("type", "null");
    return schema;
  }

  private static ObjectNode fieldsOfItsType(ObjectNode schema) {
    ArrayNode rules = schema.putArray("allOf");
    AUTH_FIELDS.forEach((type, names) -> {
      ObjectNode rule = rules.addObject();
      given(rule.putObject("if"), "type").put("const", type);
      ObjectNode then = rule.putObject("then");
      ArrayNode required = then.putArray("required");
      ObjectNode properties = then.putObject("properties");
      for (String name : names) {
        // The header has a default.
        if (!name.equals("header")) {
          required.add(name);
          properties.putObject(name).put("type", "string");
        }
      }
      AUTH_FIELDS.values().stream()
          .flatMap(List::stream)
          .filter(name -> !names.contains(name))
          .forEach(name -> properties.put(name, false));
    });
    return schema;
  }

  private static ObjectNode certificateWithKey(ObjectNode schema) {
    ArrayNode rules = schema.putArray("allOf");
    ArrayNode either = rules.addObject().putArray("anyOf");
    isText(either.addObject(), "ca");
    isText(either.addObject(), "clientCertificate");
    needs(rules.addObject(), "clientCertificate", "clientKey");
    needs(rules.addObject(), "clientKey", "clientCertificate");
    return schema;
  }

  private static void needs(ObjectNode rule, String one, String other) {
    isText(rule.putObject("if"), one);
    isText(rule.putObject("then"), other);
  }

  /** Given as a string: null stands for left out. */
  private static void isText(ObjectNode schema, String name) {
    given(schema, name).put("type", "string");
  }

  private static ObjectNode given(ObjectNode schema, String name) {
    schema.putArray("required").add(name);
    return schema.putObject("properties").putObject(name);
  }
}
