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

/** Reads {@code config.storage}. */
final class StorageDraft {
  /** Begins the warning about a retention that is written down only. */
  static final String NOT_ENFORCED_YET = "not-enforced-yet";

  private static final String SECTION = "config.storage";
  private static final String PATH = SECTION + ".";
  private static final String CONFIG = PATH + "config.";
  private static final Set<String> FIELDS = DestinationFormat.STORAGE.names();
  private static final Set<String> CONFIG_FIELDS = DestinationFormat.STORE.names();
  private static final Set<String> RETENTION_FIELDS = DestinationFormat.RETENTION.names();
  private static final String S3 = "s3";

  /** In the words of the format, but this release writes to S3 only. */
  private static final Set<String> OTHER_PROVIDERS = Set.of("local", "azure", "gcp");

  private final FieldReader fields;

  StorageDraft(FieldReader fields) {
    this.fields = fields;
  }

  /** The configuration, or nothing with errors noted. */
  Optional<DestinationConfig> read(JsonNode json) {
    fields.onlyKnown(PATH, json, FIELDS);
    if (!isS3(json)) {
      // What another provider needs has other names: each would be an error of its own.
      return Optional.empty();
    }
    String path = fields.required(json, PATH, "path").orElse("");
    if (json.path("path").isTextual()) {
      fields.addAll(StoragePath.check(path));
    }
    Optional<Retention> retention = retention(json);
    Map<String, String> metadata = metadata(json);
    Duration timeout = fields.timeout(json, SECTION, StorageConfig.DEFAULT_TIMEOUT);
    Optional<RetryConfig> retry = fields.retryConfig(json, PATH);
    Optional<JsonNode> config =
        fields.object(json, PATH, "config", "an object with region and bucket");
    if (config.isEmpty()) {
      if (FieldReader.isAbsent(json.path("config"))) {
        fields.error(PATH + "config", DestinationRules.REQUIRED, "is missing");
      }
      return Optional.empty();
    }
    return Optional.of(store(config.get(), path, retention, metadata, timeout, retry));
  }

  private boolean isS3(JsonNode json) {
    Optional<String> provider = fields.required(json, PATH, "provider");
    if (provider.filter(OTHER_PROVIDERS::contains).isPresent()) {
      fields.error(
          PATH + "provider",
          DestinationRules.NOT_AVAILABLE,
          "comes in a later release; this one writes to s3 and what speaks its protocol (give"
              + " config.endpoint)");
      return false;
    }
    if (provider.isPresent() && !provider.get().equals(S3)) {
      fields.error(PATH + "provider", DestinationRules.INVALID_VALUE, "must be \"s3\"");
    }
    return provider.filter(S3::equals).isPresent();
  }

  private StorageConfig store(
      JsonNode config,
      String path,
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
    return new StorageConfig(
        region,
        bucket,
        endpoint,
        fields.flag(config, CONFIG, "forcePathStyle").orElse(hasEndpoint),
        path,
        encryption,
        kmsKeyId,
        storageClass,
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
    Optional<Retention> retention =
        fields.wholeNumber(node, prefix, "days").map(days -> new Retention(days, autoCleanup));
    retention.ifPresent(kept -> {
      fields.addAll(StorageRules.checkRetention(kept));
      fields.warning(
          NOT_ENFORCED_YET
              + ": config.storage.retention is kept with the destination, but Waybill neither"
              + " protects objects until then nor removes them afterwards; use the bucket's own"
              + " lifecycle rules and Object Lock");
    });
    return retention;
  }

  private Map<String, String> metadata(JsonNode json) {
    Optional<JsonNode> object =
        fields.object(json, PATH, "metadata", "an object of names and strings");
    Map<String, String> metadata = new HashMap<>();
    if (object.isEmpty()) {
      return metadata;
    }
    for (var entry : object.get().properties()) {
      if (entry.getValue().isTextual()) {
        metadata.put(entry.getKey(), entry.getValue().textValue());
      } else {
        // A store has strings only; 2555 and "2555" must not be silently the same.
        fields.error(
            PATH + "metadata." + entry.getKey().replaceAll("[^!-~]", "?"),
            DestinationRules.INVALID_VALUE,
            "must be a string: put numbers and words like true in quotes");
      }
    }
    fields.addAll(StorageRules.checkMetadata(metadata));
    return metadata;
  }
}
