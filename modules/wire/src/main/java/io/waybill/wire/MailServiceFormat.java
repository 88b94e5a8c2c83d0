package io.waybill.wire;

import static io.waybill.wire.Field.optional;
import static io.waybill.wire.Field.required;
import static io.waybill.wire.Shapes.fields;
import static io.waybill.wire.Shapes.flag;
import static io.waybill.wire.Shapes.text;
import static io.waybill.wire.Shapes.value;
import static io.waybill.wire.Shapes.word;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.EmailRules;
import java.util.List;
import java.util.Map;

/** The fields by which an email destination says who takes its mails. */
final class MailServiceFormat {
  private static final String REGION = "[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}";

  /** What belongs to which service, and to no other. */
  static final Map<String, String> FIELD_OF =
      Map.of("smtp", "smtpConfig", "ses", "config", "sendgrid", "apiKey");

  static final Shape.Fields SMTP_AUTH =
      fields()
          .with("user", required(credential(), "The user name.").sealed())
          .with("pass", required(credential(), "The password.").sealed())
          .build();

  static final Shape.Fields SMTP =
      fields()
          .with(
              "preset",
              optional(
                  word(SmtpPreset.words()),
                  "A provider instead of host, port and secure: its server, with STARTTLS."))
          .with("region", optional(text(1, 63, REGION), "With preset ses only."))
          .with("host", optional(text(1, 253), "The mail server's name, without a port."))
          .with(
              "port",
              optional(new Shape.Whole(1, 65535), "587 when left out, 465 when secure is true."))
          .with(
              "secure",
              optional(flag(), "TLS from the first byte; otherwise STARTTLS.", value(false)))
          .with("auth", optional(SMTP_AUTH, "Left out where no log-in is needed."))
          .build(MailServiceFormat::presetOrHost);

  static final Shape.Fields SES =
      fields()
          .with("region", required(text(1, 63, REGION), "Amazon's region: us-east-1."))
          .with(
              "accessKeyId",
              required(text(16, 128, "[A-Z0-9]+"), "Of a user that may send.").sealed())
          .with(
              "secretAccessKey",
              required(text(40, 128, "[A-Za-z0-9/+=]+"), "Belongs to accessKeyId.").sealed())
          .with(
              "sessionToken",
              optional(text(1, 4096, "[!-~]+"), "Belongs to a temporary pair.").sealed())
          .with(
              "configurationSet",
              optional(text(1, 64, "[A-Za-z0-9_-]+"), "Of the account, named with every mail."))
          .build();

  static final Field API_KEY =
      optional(text(1, 1024, "[!-~]+"), "With service sendgrid only: its API key.").sealed();

  private MailServiceFormat() {}

  private static Shape.Text credential() {
    return text(1, EmailRules.MAX_CREDENTIAL_LENGTH);
  }

  private static ObjectNode presetOrHost(ObjectNode schema) {
    ArrayNode rules = schema.putArray("allOf");
    ObjectNode either = rules.addObject();
    isString(either.putObject("if"), "preset");
    ObjectNode preset = either.putObject("then");
    preset.putArray("required").add("auth");
    ObjectNode besidePreset = preset.putObject("properties");
    besidePreset.putObject("auth").put("type", "object");
    List.of("host", "port", "secure").forEach(name -> isNull(besidePreset, name));
    isString(either.putObject("else"), "host");
    ObjectNode region = rules.addObject();
    ObjectNode ses = region.putObject("if");
    ses.putArray("required").add("preset");
    ses.putObject("properties").putObject("preset").put("const", "ses");
    isString(region.putObject("then"), "region");
    isNull(region.putObject("else").putObject("properties"), "region");
    return schema;
  }

  /** Exactly what the service needs; what is another's would not be used. */
  static void fieldOfItsService(ObjectNode schema) {
    ArrayNode rules = schema.putArray("allOf");
    FIELD_OF.keySet().stream()
        .sorted()
        .forEach(service -> {
          ObjectNode rule = rules.addObject();
          rule.putObject("if").putObject("properties").putObject("service").put("const", service);
          ObjectNode then = rule.putObject("then");
          then.putArray("required").add(FIELD_OF.get(service));
          ObjectNode properties = then.putObject("properties");
          FIELD_OF.values().stream()
              .sorted()
              .forEach(name -> {
                if (!name.equals(FIELD_OF.get(service))) {
                  isNull(properties, name);
                } else {
                  properties
                      .putObject(name)
                      .put("type", name.equals("apiKey") ? "string" : "object");
                }
              });
        });
    // What a service without S/MIME cannot carry.
    ObjectNode sendGrid = rules.addObject();
    sendGrid.putObject("if").putObject("properties").putObject("service").put("const", "sendgrid");
    ObjectNode encryption =
        sendGrid.putObject("then").putObject("properties").putObject("encryption");
    isNull(encryption.putObject("properties"), "certificates");
  }

  private static void isString(ObjectNode schema, String name) {
    schema.putArray("required").add(name);
    schema.putObject("properties").putObject(name).put("type", "string");
  }

  private static void isNull(ObjectNode properties, String name) {
    properties.putObject(name).put("type", "null");
  }
}
