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
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StorageConfig.Retention;
import io.waybill.domain.StoragePath;
import io.waybill.domain.StorageRules;
import java.util.Arrays;
import java.util.List;

/** The fields of {@code config.storage}. */
final class StorageFormat {
  private static final List<String> MODES =
      Arrays.stream(Retention.Mode.values()).map(Retention.Mode::word).toList();

  static final String S3 = "s3";
  static final String LOCAL = "local";

  /** Fields of the section that a local folder has no place for. */
  static final List<String> NOT_FOR_FOLDERS = List.of("metadata", "retention", "tags");

  static final Shape.Fields STORE =
      fields()
          .with("region", optional(text(1, 63), "With s3: the store's region, us-east-1."))
          .with(
              "bucket",
              optional(text(3, 63, "[a-z0-9][a-z0-9.-]*[a-z0-9]"), "With s3: the bucket."))
          .with(
              "root",
              optional(
                  text(1, 63, "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"),
                  "With local: the name of a folder that the operator allows."))
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
              "roleArn",
              optional(
                  text(1, 640, "arn:aws[a-z-]{0,20}:iam::\\d{12}:role/[A-Za-z0-9+=,.@_/-]{1,576}"),
                  "A role that is assumed with these credentials; the organization's id is the"
                      + " external id."))
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
                  "How long objects are kept, from when they are written."))
          .with(
              "autoCleanup",
              optional(flag(), "Whether they may be removed after that.", value(false)))
          .with(
              "mode",
              optional(
                  word(MODES),
                  "What keeps them: Object Lock, which governance and compliance want and auto uses"
                      + " where the bucket has it, or with clean-up nothing.",
                  value(Retention.Mode.AUTO.word())))
          .build();

  static final Shape.Fields STORAGE =
      fields()
          .with(
              "provider",
              required(word(S3, LOCAL), "S3 or what speaks its protocol, or a local folder."))
          .with("config", required(STORE, "The store and how to write to it."))
          .with(
              "path",
              required(
                  text(1, StoragePath.MAX_LENGTH),
                  "Template of the folder: /audit-logs/{organizationId}/{year}/."))
          .with("retention", optional(RETENTION, "How long objects are kept; with s3 only."))
          .with(
              "tags",
              optional(
                  new Shape.Texts("[A-Za-z0-9 +=._:/@-]{1,128}", 10),
                  "Tags of each object: strings. With s3 only."))
          .with(
              "metadata",
              optional(
                  new Shape.Texts("[A-Za-z0-9][A-Za-z0-9-]{0,63}", 50),
                  "User metadata of each object: strings."))
          .with("timeout", DestinationFormat.timeout(StorageConfig.DEFAULT_TIMEOUT))
          .with("retryConfig", DestinationFormat.retry())
          .build(StorageFormat::storeOfItsProvider);

  private StorageFormat() {}

  /** Each provider needs fields of its own, and has no others. */
  private static ObjectNode storeOfItsProvider(ObjectNode schema) {
    ArrayNode rules = schema.putArray("allOf");
    ObjectNode s3 = ifProvider(S3, rules);
    need(List.of("region", "bucket"), s3.putObject("config"), List.of("root"));
    ObjectNode local = ifProvider(LOCAL, rules);
    // Sorted, for a set has another order in each process.
    List<String> stores =
        STORE.names().stream().filter(name -> !name.equals("root")).sorted().toList();
    need(List.of("root"), local.putObject("config"), stores);
    NOT_FOR_FOLDERS.forEach(name -> local.put(name, false));
    return schema;
  }

  private static ObjectNode ifProvider(String provider, ArrayNode rules) {
    ObjectNode rule = rules.addObject();
    rule.putObject("if").putObject("properties").putObject("provider").put("const", provider);
    return rule.putObject("then").putObject("properties");
  }

  private static void need(List<String> names, ObjectNode config, List<String> others) {
    ArrayNode required = config.putArray("required");
    ObjectNode properties = config.putObject("properties");
    names.forEach(name -> {
      required.add(name);
      properties.putObject(name).put("type", "string");
    });
    others.forEach(name -> properties.put(name, false));
  }
}
