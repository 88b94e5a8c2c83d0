package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StorageConfig.Credentials;
import io.waybill.domain.StorageConfig.Retention;
import io.waybill.domain.StoragePath;
import io.waybill.domain.StorageRules;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads {@code config.storage}. */
final class StorageDraft {
  private static final String SECTION = "config.storage";
  private static final String PATH = SECTION + ".";
  private static final String CONFIG = PATH + "config.";
  private static final Set<String> FIELDS = StorageFormat.STORAGE.names();
  private static final Set<String> CONFIG_FIELDS =
      without(StorageFormat.STORE.names(), List.of("root"));
  private static final Set<String> RETENTION_FIELDS = StorageFormat.RETENTION.names();
  private static final Set<String> FOLDER_FIELDS =
      without(StorageFormat.STORAGE.names(), StorageFormat.NOT_FOR_FOLDERS);
  private static final String S3 = StorageFormat.S3;
  private static final String LOCAL = StorageFormat.LOCAL;

  /** In the words of the format, but this release does not write there. */
  private static final Set<String> OTHER_PROVIDERS = Set.of("azure", "gcp");

  private final FieldReader fields;

  StorageDraft(FieldReader fields) {
    this.fields = fields;
  }

  /** The configuration, or nothing with errors noted. */
  Optional<DestinationConfig> read(JsonNode json) {
    Optional<String> provider = provider(json);
    fields.onlyKnown(
        PATH, json, provider.filter(LOCAL::equals).isPresent() ? FOLDER_FIELDS : FIELDS);
    if (provider.isEmpty()) {
      // What another provider needs has other names: each would be an error of its own.
      return Optional.empty();
    }
    String path = fields.required(json, PATH, "path").orElse("");
    if (json.path("path").isTextual()) {
      fields.addAll(StoragePath.check(path));
    }
    Duration timeout = fields.timeout(json, SECTION, StorageConfig.DEFAULT_TIMEOUT);
    Optional<RetryConfig> retry = fields.retryConfig(json, PATH);
    boolean isLocal = provider.get().equals(LOCAL);
    Optional<JsonNode> config =
        fields.object(
            json,
            PATH,
            "config",
            isLocal ? "an object with root" : "an object with region and bucket");
    if (FieldReader.isAbsent(json.path("config"))) {
      fields.error(PATH + "config", DestinationRules.REQUIRED, "is missing");
    }
    if (isLocal) {
      return config.map(folder -> StorageConfig.local(root(folder), path, timeout, retry));
    }
    Optional<Retention> retention = retention(json);
    Map<String, String> metadata = texts(json, "metadata");
    fields.addAll(StorageRules.checkMetadata(metadata));
    Map<String, String> tags = texts(json, "tags");
    fields.addAll(StorageRules.checkTags(tags));
    return config.map(store -> store(store, path, tags, retention, metadata, timeout, retry));
  }

  private String root(JsonNode config) {
    fields.onlyKnown(CONFIG, config, Set.of("root"));
    String root = fields.required(config, CONFIG, "root").orElse("");
    if (config.path("root").isTextual()) {
      fields.addAll(StorageRules.checkRoot(root));
    }
    return root;
  }

  private Optional<String> provider(JsonNode json) {
    Optional<String> provider = fields.required(json, PATH, "provider");
    if (provider.filter(OTHER_PROVIDERS::contains).isPresent()) {
      fields.error(
          PATH + "provider",
          DestinationRules.NOT_AVAILABLE,
          "comes in a later release; this one writes to s3, to what speaks its protocol (give"
              + " config.endpoint), and to local folders that the operator allows");
      return Optional.empty();
    }
    Optional<String> known = provider.filter(word -> word.equals(S3) || word.equals(LOCAL));
    if (provider.isPresent() && known.isEmpty()) {
      fields.error(
          PATH + "provider", DestinationRules.INVALID_VALUE, "must be \"s3\" or \"local\"");
    }
    return known;
  }

  private static Set<String> without(Set<String> names, List<String> others) {
    return names.stream().filter(name -> !others.contains(name)).collect(Collectors.toSet());
  }

  private StorageConfig store(
      JsonNode config,
      String path,
      Map<String, String> tags,
      Optional<Retention> retention,
      Map<String, String> metadata,
      Duration timeout,
      Optional<RetryConfig> retry) {
    fields.onlyKnown(CONFIG, config, CONFIG_FIELDS);
    Optional<URI> endpoint = endpoint(config);
    // One that is wrong is still meant: its store's names are not Amazon's.
    boolean hasEndpoint = !FieldReader.isAbsent(config.path("endpoint"));
    String region = fields.required(config, CONFIG, "region").orElse("");
    if (config.path("region").isTextual()) {
      fields.addAll(StorageRules.checkRegion(region, hasEndpoint));
    }
    String bucket = fields.required(config, CONFIG, "bucket").orElse("");
    if (config.path("bucket").isTextual()) {
      fields.addAll(StorageRules.checkBucket(bucket));
    }
    Optional<String> storageClass = fields.text(config, CONFIG, "storageClass");
    storageClass.ifPresent(name -> fields.addAll(StorageRules.checkStorageClass(name)));
    Optional<String> kmsKeyId = fields.text(config, CONFIG, "kmsKeyId");
    String encryption = encryption(config, kmsKeyId);
    Optional<String> roleArn = fields.text(config, CONFIG, "roleArn");
    roleArn.ifPresent(arn -> fields.addAll(StorageRules.checkRole(arn)));
    return new StorageConfig(
        StorageConfig.Provider.S3,
        region,
        bucket,
        endpoint,
        fields.flag(config, CONFIG, "forcePathStyle").orElse(hasEndpoint),
        path,
        encryption,
        kmsKeyId,
        storageClass,
        roleArn,
        tags,
        retention,
        metadata,
        credentials(config, hasEndpoint),
        timeout,
        retry);
  }

  private Optional<URI> endpoint(JsonNode config) {
    Optional<String> text = fields.text(config, CONFIG, "endpoint");
    List<FieldError> errors = text.map(StorageRules::checkEndpoint).orElse(List.of());
    fields.addAll(errors);
    if (text.isEmpty() || !errors.isEmpty()) {
      return Optional.empty();
    }
    URI uri = URI.create(text.get());
    if ("http".equalsIgnoreCase(uri.getScheme()) && !WebhookDraft.isThisMachine(uri.getHost())) {
      fields.warning(
          CONFIG
              + "endpoint is http, not https: payloads and a session token travel in clear, for"
              + " everybody on the way to read");
    }
    return Optional.of(uri);
  }

  private String encryption(JsonNode config, Optional<String> kmsKeyId) {
    String field = "serverSideEncryption";
    if (config.path(field).isObject()) {
      fields.error(
          CONFIG + field,
          DestinationRules.INVALID_VALUE,
          "must be a plain string, not an object: write \"serverSideEncryption\": \"AES256\", or"
              + " \"aws:kms\" with \"kmsKeyId\" beside it");
      return StorageConfig.DEFAULT_ENCRYPTION;
    }
    String encryption = fields.text(config, CONFIG, field).orElse(StorageConfig.DEFAULT_ENCRYPTION);
    fields.addAll(StorageRules.checkEncryption(encryption, kmsKeyId));
    return encryption;
  }

  private Credentials credentials(JsonNode config, boolean hasEndpoint) {
    boolean id = credential(config, "accessKeyId", StorageConfig.ACCESS_KEY_ID, hasEndpoint);
    boolean secret =
        credential(config, "secretAccessKey", StorageConfig.SECRET_ACCESS_KEY, hasEndpoint);
    boolean token = credential(config, "sessionToken", StorageConfig.SESSION_TOKEN, hasEndpoint);
    if (id != secret) {
      fields.error(
          CONFIG + (id ? "secretAccessKey" : "accessKeyId"),
          DestinationRules.CREDENTIALS_MISSING,
          "is missing beside " + (id ? "accessKeyId" : "secretAccessKey") + ": give both or none");
    } else if (token && !id) {
      fields.error(
          CONFIG + "accessKeyId",
          DestinationRules.CREDENTIALS_MISSING,
          "is missing: a sessionToken needs the accessKeyId and secretAccessKey that it belongs"
              + " to");
    }
    if (!id) {
      return Credentials.PLATFORM;
    }
    return token ? Credentials.SESSION : Credentials.KEYS;
  }

  /** Whether it is there, right or wrong. */
  private boolean credential(JsonNode config, String field, String name, boolean hasEndpoint) {
    fields
        .text(config, CONFIG, field)
        .ifPresent(value -> {
          fields.credential(name, value);
          if (!DestinationJson.isMask(value)) {
            fields.addAll(StorageRules.checkCredential(name, value, hasEndpoint));
          }
        });
    return !FieldReader.isAbsent(config.path(field));
  }

  private Optional<Retention> retention(JsonNode json) {
    Optional<JsonNode> object =
        fields.object(json, PATH, "retention", "an object with days and autoCleanup");
    if (object.isEmpty()) {
      return Optional.empty();
    }
    String prefix = PATH + "retention.";
    JsonNode node = object.get();
    fields.onlyKnown(prefix, node, RETENTION_FIELDS);
    boolean autoCleanup = fields.flag(node, prefix, "autoCleanup").orElse(false);
    if (FieldReader.isAbsent(node.path("days"))) {
      fields.error(prefix + "days", DestinationRules.REQUIRED, "is missing");
      return Optional.empty();
    }
    Retention.Mode mode = mode(node, prefix);
    Optional<Retention> retention =
        fields
            .wholeNumber(node, prefix, "days")
            .map(days -> new Retention(days, autoCleanup, mode));
    retention.ifPresent(kept -> {
      fields.addAll(StorageRules.checkRetention(kept));
      warnOf(kept);
    });
    return retention;
  }

  private Retention.Mode mode(JsonNode node, String prefix) {
    Optional<String> word = fields.text(node, prefix, "mode");
    Optional<Retention.Mode> mode = word.flatMap(Retention.Mode::parse);
    if (word.isPresent() && mode.isEmpty()) {
      fields.error(
          prefix + "mode",
          DestinationRules.INVALID_VALUE,
          "must be \"auto\", \"governance\", \"compliance\" or \"clean-up\"");
    }
    return mode.orElse(Retention.Mode.AUTO);
  }

  private void warnOf(Retention kept) {
    if (kept.autoCleanup()) {
      fields.warning(
          "config.storage.retention.autoCleanup marks objects with the day after which they may be"
              + " removed; `waybill storage clean-up` then removes them, when somebody runs it"
              + (kept.mode() == Retention.Mode.AUTO
                  ? ". Until that day Object Lock keeps them where the bucket has it, elsewhere"
                      + " nothing does"
                  : ""));
    }
    if (kept.mode() == Retention.Mode.COMPLIANCE) {
      fields.warning(
          "config.storage.retention.mode is compliance: nobody, the bucket's owner included, can"
              + " remove an object before its "
              + kept.days()
              + " days are over");
    }
  }

  private Map<String, String> texts(JsonNode json, String field) {
    Optional<JsonNode> object = fields.object(json, PATH, field, "an object of names and strings");
    Map<String, String> texts = new HashMap<>();
    if (object.isEmpty()) {
      return texts;
    }
    for (var entry : object.get().properties()) {
      if (entry.getValue().isTextual()) {
        texts.put(entry.getKey(), entry.getValue().textValue());
      } else {
        // A store has strings only; 2555 and "2555" must not be silently the same.
        fields.error(
            PATH + field + "." + entry.getKey().replaceAll("[^!-~]", "?"),
            DestinationRules.INVALID_VALUE,
            "must be a string: put numbers and words like true in quotes");
      }
    }
    return texts;
  }
}
