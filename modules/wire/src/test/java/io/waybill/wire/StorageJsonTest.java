package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.FieldError;
import io.waybill.domain.StorageConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels like "row 46" name the rows of the list of bad configurations. */
class StorageJsonTest {
  private static final String KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final String KEYS =
      "\"accessKeyId\": \"" + KEY_ID + "\", \"secretAccessKey\": \"" + SECRET + "\"";

  private static final String HIPAA_ARCHIVE =
      """
      {
        "organizationId": "hospital-001",
        "label": "HIPAA Compliant Archive",
        "type": "storage",
        "description": "Long-term storage for HIPAA compliance (7 years)",
        "config": {
          "storage": {
            "provider": "s3",
            "config": {
              "region": "us-east-1",
              "bucket": "hospital-hipaa-audit-archive",
              %s,
              "serverSideEncryption": "AES256",
              "storageClass": "STANDARD_IA"
            },
            "path": "/audit-logs/{organizationId}/{year}/{month}/{day}/",
            "retention": {"days": 2555, "autoCleanup": true}
          }
        }
      }
      """
          .formatted(KEYS);

  /** As the tutorial has it: no keys. */
  private static final String S3_ARCHIVE =
      """
      {
        "organizationId": "enterprise-001",
        "label": "S3 Backup Archive",
        "type": "storage",
        "config": {
          "storage": {
            "provider": "s3",
            "config": {"region": "us-west-2", "bucket": "enterprise-audit-backup"},
            "path": "/backup/{year}/{month}/",
            "retention": {"days": 365, "autoCleanup": true}
          }
        }
      }
      """;

  private static DestinationJson.Parsed parse(String json) {
    return DestinationJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static DestinationJson.Valid valid(String json) {
    DestinationJson.Parsed parsed = parse(json);
    assertThat(parsed).isInstanceOf(DestinationJson.Valid.class);
    return (DestinationJson.Valid) parsed;
  }

  private static StorageConfig config(String json) {
    return (StorageConfig) valid(json).spec().config();
  }

  private static List<FieldError> errors(String json) {
    DestinationJson.Parsed parsed = parse(json);
    assertThat(parsed).isInstanceOf(DestinationJson.Invalid.class);
    return ((DestinationJson.Invalid) parsed).errors();
  }

  /** The least destination, with more in the section of the type and of the store. */
  private static String storage(String section, String store) {
    return """
    {"organizationId": "o", "label": "l", "type": "storage", "config": {"storage": {
      "provider": "s3", "path": "a/"%s,
      "config": {"bucket": "bucket"%s%s}}}}
    """
        .formatted(
            section.isEmpty() ? "" : ", " + section,
            store.contains("\"region\"") ? "" : ", \"region\": \"us-east-1\"",
            store.isEmpty() ? "" : ", " + store);
  }

  @Test
  void readsTheTutorialsArchive() {
    DestinationJson.Valid valid = valid(HIPAA_ARCHIVE);

    StorageConfig config = (StorageConfig) valid.spec().config();
    assertThat(config.region()).isEqualTo("us-east-1");
    assertThat(config.bucket()).isEqualTo("hospital-hipaa-audit-archive");
    assertThat(config.endpoint()).isEmpty();
    assertThat(config.forcePathStyle()).isFalse();
    assertThat(config.path()).isEqualTo("/audit-logs/{organizationId}/{year}/{month}/{day}/");
    assertThat(config.serverSideEncryption()).isEqualTo("AES256");
    assertThat(config.storageClass()).contains("STANDARD_IA");
    assertThat(config.retention()).contains(new StorageConfig.Retention(2555, true));
    assertThat(config.credentials()).isEqualTo(StorageConfig.Credentials.KEYS);
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(valid.credentials())
        .isEqualTo(
            Map.of(
                "storage.config.accessKeyId", KEY_ID,
                "storage.config.secretAccessKey", SECRET));
    assertThat(valid.credentials().keySet())
        .containsExactlyInAnyOrderElementsOf(config.credentialNames());
    assertThat(valid.toString() + config).doesNotContain(SECRET).doesNotContain(KEY_ID);
  }

  @Test
  void saysThatACleanUpIsForSomebodyToRun() {
    assertThat(valid(HIPAA_ARCHIVE).warnings())
        .singleElement()
        .asString()
        .contains("config.storage.retention.autoCleanup", "storage clean-up", "Object Lock");
    assertThat(valid(storage("", KEYS)).warnings()).isEmpty();
    assertThat(valid(storage("\"retention\": {\"days\": 1}", KEYS)).warnings()).isEmpty();
  }

  @Test
  void warnsOfALockThatNobodyCanLift() {
    String retention = "\"retention\": {\"days\": 2555, \"mode\": \"compliance\"}";

    assertThat(valid(storage(retention, KEYS)).warnings())
        .singleElement()
        .asString()
        .contains("compliance", "2555 days");
  }

  @ParameterizedTest
  @CsvSource({"auto,AUTO", "governance,GOVERNANCE", "compliance,COMPLIANCE", "clean-up,CLEAN_UP"})
  void readsWhatKeepsObjects(String word, StorageConfig.Retention.Mode mode) {
    String retention =
        "\"retention\": {\"days\": 30, \"autoCleanup\": true, \"mode\": \"" + word + "\"}";

    assertThat(config(storage(retention, KEYS)).retention())
        .contains(new StorageConfig.Retention(30, true, mode));
  }

  @Test
  void readsTagsAndARole() {
    StorageConfig config =
        config(
            storage(
                "\"tags\": {\"data class\": \"phi\"}",
                KEYS + ", \"roleArn\": \"arn:aws:iam::123456789012:role/archive\""));

    assertThat(config.tags()).isEqualTo(Map.of("data class", "phi"));
    assertThat(config.roleArn()).contains("arn:aws:iam::123456789012:role/archive");
    assertThat(errors(storage("", KEYS + ", \"roleArn\": \"archive\"")))
        .singleElement()
        .returns("config.storage.config.roleArn", FieldError::field);
    assertThat(errors(storage("\"tags\": {\"aws:x\": \"1\", \"a\": 2}", KEYS)))
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder("config.storage.tags.aws:x", "config.storage.tags.a");
  }

  private static String folder(String more, String config) {
    return """
    {"organizationId": "o", "label": "l", "type": "storage", "config": {"storage": {
      "provider": "local", "path": "a/", "config": {%s}%s}}}
    """
        .formatted(config, more);
  }

  @Test
  void readsALocalFolder() {
    StorageConfig config = config(folder("", "\"root\": \"archive\""));

    assertThat(config.provider()).isEqualTo(StorageConfig.Provider.LOCAL);
    assertThat(config.bucket()).isEqualTo("archive");
    assertThat(config.path()).isEqualTo("a/");
    assertThat(config.credentialNames()).isEmpty();
    assertThat(valid(folder("", "\"root\": \"archive\"")).warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|``|config.root|required",
        "``|\"root\": \"/etc\"|config.root|invalid-value",
        "``|\"root\": \"../x\"|config.root|invalid-value",
        "``|\"root\": \"a\", \"bucket\": \"b\"|config.bucket|unknown-field",
        "``|\"root\": \"a\", \"basePath\": \"/\"|config.basePath|unknown-field",
        ", \"retention\": {\"days\": 1}|\"root\": \"a\"|retention|unknown-field",
        ", \"tags\": {}|\"root\": \"a\"|tags|unknown-field",
      })
  void aLocalFolderIsAWordAndHasNothingOfAStore(
      String more, String config, String field, String code) {
    assertThat(errors(folder(more, config)))
        .singleElement()
        .returns("config.storage." + field, FieldError::field)
        .returns(code, FieldError::code);
  }

  @Test
  void aDestinationWithoutKeysIsThePlatformsToAllow() {
    DestinationJson.Valid valid = valid(S3_ARCHIVE);

    DestinationConfig config = valid.spec().config();
    assertThat(((StorageConfig) config).credentials())
        .isEqualTo(StorageConfig.Credentials.PLATFORM);
    assertThat(config.credentialNames()).isEmpty();
    assertThat(valid.credentials()).isEmpty();
  }

  @Test
  void fillsInWhatIsLeftOut() {
    StorageConfig config = config(storage("", KEYS));

    assertThat(config.serverSideEncryption()).as("row 47").isEqualTo("AES256");
    assertThat(config.storageClass()).isEmpty();
    assertThat(config.retention()).isEmpty();
    assertThat(config.metadata()).isEmpty();
    assertThat(config.retry()).isEqualTo(Optional.empty());
  }

  @Test
  void readsAStoreThatIsNotAmazons() {
    StorageConfig config =
        config(
            storage(
                "\"metadata\": {\"team\": \"audit\"}, \"timeout\": 5000,"
                    + " \"retryConfig\": {\"maxRetries\": 2}",
                "\"endpoint\": \"https://minio.example:9000\", \"region\": \"auto\","
                    + " \"accessKeyId\": \"minioadmin\", \"secretAccessKey\": \"minioadmin\","
                    + " \"sessionToken\": \"tok\","
                    + " \"serverSideEncryption\": \"aws:kms\", \"kmsKeyId\": \"alias/audit\""));

    assertThat(config.endpoint()).contains(URI.create("https://minio.example:9000"));
    assertThat(config.forcePathStyle()).isTrue();
    assertThat(config.region()).isEqualTo("auto");
    assertThat(config.credentials()).isEqualTo(StorageConfig.Credentials.SESSION);
    assertThat(config.kmsKeyId()).contains("alias/audit");
    assertThat(config.metadata()).isEqualTo(Map.of("team", "audit"));
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.retry().orElseThrow().maxRetries()).isEqualTo(2);
  }

  @Test
  void pathStyleCanBeSwitchedOff() {
    String endpoint = "\"endpoint\": \"https://s3.example\", " + KEYS;

    assertThat(config(storage("", endpoint + ", \"forcePathStyle\": false")).forcePathStyle())
        .isFalse();
    assertThat(config(storage("", KEYS + ", \"forcePathStyle\": true")).forcePathStyle()).isTrue();
  }

  @Test
  void warnsOfClearText() {
    assertThat(valid(storage("", KEYS + ", \"endpoint\": \"http://s3.example\"")).warnings())
        .singleElement()
        .asString()
        .contains("config.storage.config.endpoint", "in clear");
    assertThat(valid(storage("", KEYS + ", \"endpoint\": \"http://127.0.0.1:9\"")).warnings())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "azure,not-available",
    "gcp,not-available",
    "ftp,invalid-value",
    "S3,invalid-value",
  })
  void saysThatOtherProvidersComeLater(String provider, String code) {
    String json = storage("", "\"container\": \"x\"").replace("\"s3\"", "\"" + provider + "\"");

    assertThat(errors(json))
        .singleElement()
        .returns("config.storage.provider", FieldError::field)
        .returns(code, FieldError::code);
  }

  @Test
  void wantsAProviderAStoreAndAPath() {
    String start = "{\"organizationId\": \"o\", \"label\": \"l\", \"type\": \"storage\",";

    assertThat(errors(start + "\"config\": {\"storage\": {}}}"))
        .extracting(FieldError::toString)
        .containsExactly("config.storage.provider: is missing");
    assertThat(errors(start + "\"config\": {\"storage\": {\"provider\": \"s3\"}}}"))
        .extracting(FieldError::toString)
        .containsExactly("config.storage.path: is missing", "config.storage.config: is missing");
    assertThat(
            errors(
                start
                    + "\"config\": {\"storage\":"
                    + " {\"provider\": \"s3\", \"path\": \"a/\", \"config\": {}}}}"))
        .extracting(FieldError::field)
        .containsExactly("config.storage.config.region", "config.storage.config.bucket");
  }

  @DisplayName("row 53: the mask of a read back passes for a credential")
  @Test
  void theMaskOfAReadBackPassesForACredential() {
    String masked =
        "\"accessKeyId\": \"**** (fingerprint 8a52d1e0c3f7)\", \"secretAccessKey\": \"****\"";
    assertThat(DestinationJson.parse(storage("", masked).getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            DestinationJson.Valid.class,
            valid -> assertThat(valid.credentials().values()).allMatch(DestinationJson::isMask));
  }

  @ParameterizedTest(name = "row 46: {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"accessKeyId\": \"AKIAIOSFODNN7EXAMPLE\"|secretAccessKey|credentials-missing",
        "\"secretAccessKey\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"|accessKeyId"
            + "|credentials-missing",
        "\"sessionToken\": \"x\"|accessKeyId|credentials-missing",
        "\"accessKeyId\": \"AKIASHORT\", \"secretAccessKey\":"
            + " \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"|accessKeyId|invalid-value",
        "\"accessKeyId\": \"undefined\", \"secretAccessKey\":"
            + " \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"|accessKeyId|credential-looks-unset",
        "\"accessKeyId\": 7, \"secretAccessKey\":"
            + " \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"|accessKeyId|invalid-value",
      })
  void refusesHalfAKeyPair(String store, String field, String code) {
    assertThat(errors(storage("", store)))
        .singleElement()
        .returns("config.storage.config." + field, FieldError::field)
        .returns(code, FieldError::code);
  }

  @Test
  void saysThatEncryptionIsAString() {
    assertThat(
            errors(storage("", KEYS + ", \"serverSideEncryption\": {\"algorithm\": \"AES256\"}")))
        .singleElement()
        .returns("config.storage.config.serverSideEncryption", FieldError::field)
        .satisfies(
            error -> assertThat(error.message()).contains("\"serverSideEncryption\": \"AES256\""));
  }

  @ParameterizedTest(name = "row 49: {0}")
  @ValueSource(
      strings = {
        "{\"days\": 0}",
        "{\"days\": -1}",
        "{\"days\": 10000000}",
        "{\"days\": \"2555\", \"autoCleanup\": true}",
        "{\"days\": 1.5}",
        "{\"autoCleanup\": true}",
        "{\"days\": 1, \"autoCleanup\": \"yes\"}",
        "{\"days\": 1, \"autoCleanUp\": true}",
        "{\"days\": 1, \"mode\": \"forever\"}",
        "{\"days\": 1, \"mode\": \"clean-up\"}",
        "7",
      })
  void refusesOtherRetention(String retention) {
    assertThat(errors(storage("\"retention\": " + retention, KEYS)))
        .singleElement()
        .satisfies(error -> assertThat(error.field()).startsWith("config.storage.retention"));
  }

  @ParameterizedTest(name = "row 51: {0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"encryption\": {}||config.storage.encryption",
        "\"Path\": \"b/\"||config.storage.Path",
        "\"metadata\": {}|\"acessKeyId\": \"x\"|config.storage.config.acessKeyId",
      })
  void refusesFieldsThatItDoesNotKnow(String section, String store, String field) {
    assertThat(errors(storage(section, store == null ? "" : store)))
        .singleElement()
        .returns(field, FieldError::field)
        .returns("unknown-field", FieldError::code);
  }

  @Test
  void refusesTheConfigurationOfTwoTypes() {
    String json = storage("", KEYS).replace("\"storage\": {", "\"webhook\": {}, \"storage\": {");

    assertThat(errors(json))
        .as("row 51")
        .singleElement()
        .returns("config.webhook", FieldError::field)
        .returns("unknown-field", FieldError::code);
  }

  @Test
  void metadataIsStrings() {
    assertThat(errors(storage("\"metadata\": {\"retentionDays\": 2555}", KEYS)))
        .singleElement()
        .returns("config.storage.metadata.retentionDays", FieldError::field)
        .satisfies(error -> assertThat(error.message()).contains("quotes"));
    assertThat(errors(storage("\"metadata\": {\"waybill-type\": \"x\"}", KEYS)))
        .singleElement()
        .returns("config.storage.metadata.waybill-type", FieldError::field);
  }

  @Test
  void namesEverythingThatIsWrongAtOnceAndNoSecret() {
    List<FieldError> errors =
        errors(
            storage(
                    "\"timeout\": 0",
                    "\"endpoint\": \"ftp://u:hunter2@h\", \"region\": \"US\","
                        + " \"accessKeyId\": \"k e y\", \"secretAccessKey\": \"hunter2 \","
                        + " \"storageClass\": \"GLACIER_X\", \"kmsKeyId\": \"k\"")
                .replace("\"bucket\": \"bucket\"", "\"bucket\": \"My_Bucket\"")
                .replace("\"a/\"", "\"../a\""));

    assertThat(errors)
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "config.storage.timeout",
            "config.storage.path",
            "config.storage.path",
            "config.storage.config.endpoint",
            "config.storage.config.region",
            "config.storage.config.bucket",
            "config.storage.config.accessKeyId",
            "config.storage.config.secretAccessKey",
            "config.storage.config.storageClass",
            "config.storage.config.kmsKeyId");
    assertThat(errors.toString()).doesNotContain("hunter2").doesNotContain("k e y");
  }

  @Test
  void theExamplesOfTheGuideAreTaken() throws Exception {
    String guide = Files.readString(Path.of("../../docs/guide/storage.md"));

    List<String> examples =
        Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
            .matcher(guide)
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(examples)
        .hasSize(4)
        .allSatisfy(
            example -> assertThat(parse(example)).isInstanceOf(DestinationJson.Valid.class));
  }
}
