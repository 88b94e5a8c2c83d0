package io.waybill.wire;

import static io.waybill.wire.Field.optional;
import static io.waybill.wire.Field.required;
import static io.waybill.wire.Shapes.fields;
import static io.waybill.wire.Shapes.flag;
import static io.waybill.wire.Shapes.form;
import static io.waybill.wire.Shapes.millis;
import static io.waybill.wire.Shapes.text;
import static io.waybill.wire.Shapes.value;
import static io.waybill.wire.Shapes.word;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.DestinationType;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.MailEncryptionRules;
import io.waybill.domain.PemRules;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StoragePath;
import io.waybill.domain.StorageRules;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The fields of a destination as its owner writes it. What a schema cannot say (whether a template
 * is well-formed, a host is allowed) is judged by the rules alone.
 */
final class DestinationFormat {
  private static final String DESTINATION_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  static final Shape.Fields RETRY =
      fields()
          .with(
              "maxRetries",
              optional(
                  new Shape.Whole(0, DestinationRules.MAX_RETRIES),
                  "Tries after the first one.",
                  value(RetryPolicy.defaults().maxAttempts() - 1L)))
          .with(
              "baseDelay",
              optional(
                  millis(DestinationRules.MIN_DELAY, DestinationRules.MAX_DELAY),
                  "Milliseconds before the second try.",
                  millis(RetryPolicy.defaults().baseDelay())))
          .with(
              "backoffMultiplier",
              optional(
                  new Shape.Decimal(1, DestinationRules.MAX_MULTIPLIER),
                  "By what each delay is longer than the one before.",
                  value(RetryPolicy.defaults().multiplier())))
          .with(
              "maxBackoffDelay",
              optional(
                  millis(DestinationRules.MIN_DELAY, DestinationRules.MAX_DELAY),
                  "Milliseconds of the longest delay; not shorter than baseDelay.",
                  millis(RetryPolicy.defaults().maxDelay())))
          .build();

  static final Shape.Fields WEBHOOK =
      fields()
          .with(
              "url",
              required(
                  text(1, WebhookRules.MAX_URL_LENGTH, "[hH][tT][tT][pP][sS]?://[^@#\\s]+"),
                  "Where requests go: http or https, no user info, no fragment. Stored in clear:"
                      + " put tokens into headers."))
          .with(
              "method",
              optional(word("POST", "PUT", "PATCH"), "The method of each request.", value("POST")))
          .with(
              "headers",
              optional(
                      new Shape.Texts("[!#$%&'*+.^_`|~0-9A-Za-z-]+", WebhookRules.MAX_HEADERS),
                      "Headers of each request; every value is sealed before it is published.")
                  .sealed())
          .with("timeout", timeout(WebhookConfig.DEFAULT_TIMEOUT))
          .with("retryConfig", retry())
          .with(
              "body",
              optional(
                  word("data", "envelope"),
                  "The payload's data byte for byte, or an object with ids, type, metadata and the"
                      + " data.",
                  value("data")))
          .with(
              "signing",
              optional(
                  IdentityFormat.SIGNING,
                  "Signs each request; {} with a secret that Waybill makes. Not signed when left"
                      + " out."))
          .with("auth", optional(IdentityFormat.AUTH, "Sets a header that says who sends."))
          .with(
              "tls",
              optional(IdentityFormat.TLS, "Certificates of its own, with an https URL only."))
          .with(
              "gzip",
              optional(
                  flag(),
                  "Whether bodies are compressed; signatures are then over what is sent.",
                  value(false)))
          .with(
              "errorExcerpt",
              optional(
                  flag(),
                  "Whether the start of a refusal's body may stand in status, events and dead"
                      + " letters.",
                  value(false)))
          .build();

  static final Shape.Fields SMTP_AUTH =
      fields()
          .with("user", required(credential(), "The user name.").sealed())
          .with("pass", required(credential(), "The password.").sealed())
          .build();

  static final Shape.Fields SMTP =
      fields()
          .with("host", required(text(1, 253), "The mail server's name, without a port."))
          .with(
              "port",
              optional(new Shape.Whole(1, 65535), "587 when left out, 465 when secure is true."))
          .with(
              "secure",
              optional(flag(), "TLS from the first byte; otherwise STARTTLS.", value(false)))
          .with("auth", optional(SMTP_AUTH, "Left out where no log-in is needed."))
          .build();

  static final Shape.Fields ENCRYPTION =
      fields()
          .with("enabled", required(flag(), "Whether mails are encrypted; never in clear instead."))
          .with(
              "algorithm",
              optional(
                  form("[aA][eE][sS]-256-[gG][cC][mM]"),
                  "The only one there is.",
                  value(MailEncryption.ALGORITHM)))
          .with(
              "certificates",
              optional(
                  text(1, PemRules.MAX_LENGTH),
                  "Of the recipients, in PEM; one that names no address is for all of them."))
          .with(
              "password",
              optional(
                      text(1, MailEncryptionRules.MAX_PASSWORD_LENGTH),
                      "Instead of certificates; given to the recipients apart.")
                  .sealed())
          .with(
              "coverTemplate",
              optional(
                  text(),
                  "Template of what can be read without the password; Waybill's own otherwise."))
          .build(DestinationFormat::keyIffEncrypted);

  static final Shape.Fields EMAIL =
      fields()
          .with("service", required(word("smtp"), "Which service takes the mails."))
          .with("smtpConfig", required(SMTP, "The mail server."))
          .with("from", required(text(1, 500), "The sender's address: a@x.com or Name <a@x.com>."))
          .with(
              "subject",
              required(
                  text(1, EmailRules.MAX_SUBJECT_BYTES, "[^\\r\\n]*"),
                  "Template of the subject, one line."))
          .with("bodyTemplate", optional(text(), "Template of the text; Waybill's own otherwise."))
          .with("htmlTemplate", optional(text(), "Template of the HTML part."))
          .with(
              "attachmentName",
              optional(
                  text(1, EmailRules.MAX_ATTACHMENT_NAME_LENGTH),
                  "Template of the attachment's file name."))
          .with(
              "recipients",
              required(
                  new Shape.Items(text(3, 500), 1, EmailRules.MAX_RECIPIENTS),
                  "Each gets a mail of its own."))
          .with(
              "encryption",
              optional(ENCRYPTION, "For whom mails are encrypted; not when left out."))
          .with("timeout", timeout(EmailConfig.DEFAULT_TIMEOUT))
          .with("retryConfig", retry())
          .build();

  static final Shape.Fields STORE =
      fields()
          .with("region", required(text(1, 63), "The store's region: us-east-1."))
          .with("bucket", required(text(3, 63, "[a-z0-9][a-z0-9.-]*[a-z0-9]"), "The bucket."))
          .with(
              "accessKeyId",
              optional(text(1, 128), "Left out with the secret where the operator allows it.")
                  .sealed())
          .with("secretAccessKey", optional(text(1, 256), "Belongs to accessKeyId.").sealed())
          .with("sessionToken", optional(text(1, 4096), "Belongs to a temporary pair.").sealed())
          .with(
              "endpoint",
              optional(
                  text(1, 512, "[hH][tT][tT][pP][sS]?://[^@#?\\s]+"),
                  "Of a store that is not Amazon's: its URL without a path."))
          .with(
              "forcePathStyle",
              optional(
                  flag(),
                  "The bucket in the URL's path and not in its host; true when an endpoint is"
                      + " given."))
          .with(
              "serverSideEncryption",
              optional(
                  word(StorageRules.AES256, StorageRules.KMS),
                  "What encrypts each object in the store.",
                  value(StorageConfig.DEFAULT_ENCRYPTION)))
          .with("kmsKeyId", optional(text(1, 2048), "The key, with aws:kms only."))
          .with(
              "storageClass",
              optional(
                  word(
                      "STANDARD",
                      "REDUCED_REDUNDANCY",
                      "STANDARD_IA",
                      "ONEZONE_IA",
                      "INTELLIGENT_TIERING",
                      "GLACIER",
                      "GLACIER_IR",
                      "DEEP_ARCHIVE"),
                  "The bucket's own when left out."))
          .build(schema -> {
            ObjectNode together = schema.putObject("dependentRequired");
            together.putArray("accessKeyId").add("secretAccessKey");
            together.putArray("secretAccessKey").add("accessKeyId");
            together.putArray("sessionToken").add("accessKeyId");
            return schema;
          });

  static final Shape.Fields RETENTION =
      fields()
          .with(
              "days",
              required(
                  new Shape.Whole(1, StorageRules.MAX_RETENTION_DAYS),
                  "How long objects are meant to be kept. Written down, not enforced yet."))
          .with(
              "autoCleanup",
              optional(flag(), "Whether they are meant to be removed after that.", value(false)))
          .build();

  static final Shape.Fields STORAGE =
      fields()
          .with("provider", required(word("s3"), "S3 or what speaks its protocol."))
          .with("config", required(STORE, "The store and how to write to it."))
          .with(
              "path",
              required(
                  text(1, StoragePath.MAX_LENGTH),
                  "Template of the folder: /audit-logs/{organizationId}/{year}/."))
          .with("retention", optional(RETENTION, "How long objects are meant to be kept."))
          .with(
              "metadata",
              optional(
                  new Shape.Texts("[A-Za-z0-9][A-Za-z0-9-]{0,63}", 50),
                  "User metadata of each object: strings."))
          .with("timeout", timeout(StorageConfig.DEFAULT_TIMEOUT))
          .with("retryConfig", retry())
          .build();

  private static final Shape.Fields CONFIG =
      fields()
          .with(DestinationType.WEBHOOK.word(), section(WEBHOOK, DestinationType.WEBHOOK))
          .with(DestinationType.EMAIL.word(), section(EMAIL, DestinationType.EMAIL))
          .with(DestinationType.STORAGE.word(), section(STORAGE, DestinationType.STORAGE))
          .build();

  static final Shape.Fields DESTINATION =
      fields()
          .with("$schema", optional(text(), "For editors; Waybill does not look at it."))
          .with(
              "organizationId",
              required(
                  text(1, 128, RequestFormat.ORGANIZATION_ID),
                  "Whose it is; no other organization can send to it."))
          .with(
              "label",
              required(
                  text(1, DestinationRules.MAX_LABEL_LENGTH), "Unique within the organization."))
          .with("type", required(word(types()), "Which section config holds."))
          .with(
              "description",
              optional(text(0, DestinationRules.MAX_DESCRIPTION_LENGTH), "For people."))
          .with(
              "isDefault",
              optional(flag(), "Whether requests to \"default\" go here too.", value(false)))
          .with(
              "fallbackDestinationIds",
              optional(
                  new Shape.Items(text(1, 64, DESTINATION_ID), 0, DestinationRules.MAX_FALLBACKS),
                  "Who stands in when a delivery has failed for good, in this order."))
          .with(
              "fallbackAfter",
              optional(
                  millis(Duration.ofSeconds(1), DestinationRules.MAX_FALLBACK_AFTER),
                  "Milliseconds: the first fallback is sent when a delivery is still under way so"
                      + " long after it was due."))
          .with("config", required(CONFIG, "The section of the type, and no other."))
          .build(DestinationFormat::sectionOfItsType);

  private DestinationFormat() {}

  private static List<String> types() {
    return Arrays.stream(DestinationType.values()).map(DestinationType::word).toList();
  }

  private static Field section(Shape shape, DestinationType type) {
    return optional(shape, "With type " + type.word() + " only.");
  }

  private static Field timeout(Duration usual) {
    return optional(
        millis(DestinationRules.MIN_TIMEOUT, DestinationRules.MAX_TIMEOUT),
        "Milliseconds of one attempt.",
        millis(usual));
  }

  private static Field retry() {
    return optional(RETRY, "How it is tried again; as the operator says when left out.");
  }

  private static Shape.Text credential() {
    return text(1, EmailRules.MAX_CREDENTIAL_LENGTH);
  }

  /** One key when it is on; nothing that looks as if it were on when it is off. */
  private static ObjectNode keyIffEncrypted(ObjectNode schema) {
    schema
        .putObject("if")
        .put("type", "object")
        .putObject("properties")
        .putObject("enabled")
        .put("const", true);
    ArrayNode either = schema.putObject("then").putArray("oneOf");
    either.addObject().putArray("required").add("certificates");
    either.addObject().putArray("required").add("password");
    ObjectNode off = schema.putObject("else").putObject("properties");
    for (String name : List.of("certificates", "password", "coverTemplate")) {
      off.putObject(name).put("type", "null");
    }
    return schema;
  }

  private static ObjectNode sectionOfItsType(ObjectNode schema) {
    schema.putObject("dependentRequired").putArray("fallbackAfter").add("fallbackDestinationIds");
    ArrayNode rules = schema.putArray("allOf");
    for (String type : types()) {
      ObjectNode rule = rules.addObject();
      rule.putObject("if").putObject("properties").putObject("type").put("const", type);
      ObjectNode config = rule.putObject("then").putObject("properties").putObject("config");
      config.putArray("required").add(type);
      ObjectNode properties = config.putObject("properties");
      properties.putObject(type).put("type", "object");
      types().stream()
          .filter(other -> !other.equals(type))
          .forEach(other -> properties.put(other, false));
    }
    return schema;
  }
}
