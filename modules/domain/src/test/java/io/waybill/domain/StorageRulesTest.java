package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels like "row 45" name the rows of the list of bad configurations. */
class StorageRulesTest {

  private static StorageConfig config(
      String encryption, Optional<String> kmsKeyId, Map<String, String> metadata) {
    return new StorageConfig(
        "us-east-1",
        "hospital-hipaa-audit-archive",
        Optional.of(URI.create("http://127.0.0.1:9000")),
        true,
        "/audit-logs/{organizationId}/",
        encryption,
        kmsKeyId,
        Optional.of("STANDARD_IA"),
        Optional.of(new StorageConfig.Retention(2555, true)),
        metadata,
        StorageConfig.Credentials.KEYS,
        Duration.ofSeconds(60),
        Optional.empty());
  }

  @Test
  void takesWhatTheTutorialConfigures() {
    assertThat(StorageRules.checkConfig(config("AES256", Optional.empty(), Map.of()))).isEmpty();
    assertThat(
            StorageRules.checkConfig(
                config("aws:kms", Optional.of("alias/audit"), Map.of("Team", "audit 7"))))
        .isEmpty();
  }

  @Test
  void namesEverythingThatIsWrongAtOnce() {
    StorageConfig wrong =
        new StorageConfig(
            "US",
            "A_B",
            Optional.of(URI.create("ftp://h")),
            true,
            "x",
            "AES128",
            Optional.of("a b"),
            Optional.of("GLACIER_X"),
            Optional.of(new StorageConfig.Retention(0, false)),
            Map.of("waybill-x", "1"),
            StorageConfig.Credentials.KEYS,
            Duration.ZERO,
            Optional.of(new RetryConfig(-1, Duration.ofSeconds(1), 2, Duration.ofSeconds(2))));

    assertThat(StorageRules.checkConfig(wrong))
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "config.storage.config.region",
            "config.storage.config.bucket",
            "config.storage.config.endpoint",
            "config.storage.path",
            "config.storage.config.serverSideEncryption",
            "config.storage.config.kmsKeyId",
            "config.storage.config.kmsKeyId",
            "config.storage.config.storageClass",
            "config.storage.retention.days",
            "config.storage.metadata.waybill-x",
            "config.storage.timeout",
            "config.storage.retryConfig.maxRetries");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"abc", "hospital-hipaa-audit-archive", "a.b.c", "1-2", "my.logs-2026", "x--y"})
  void takesBuckets(String bucket) {
    assertThat(StorageRules.checkBucket(bucket)).isEmpty();
  }

  @ParameterizedTest(name = "row 45: bucket \"{0}\"")
  @ValueSource(
      strings = {
        "",
        "a",
        "My_Bucket",
        "A_B",
        "my_bucket",
        "0123456789012345678901234567890123456789012345678901234567890123",
        "192.168.5.4",
        "bucket/../other",
        "arn:aws:s3:::x",
        ".abc",
        "abc.",
        "-abc",
        "abc-",
        "a..b",
        "a.-b",
        "a-.b",
        "abc\n",
        "bücket",
        "logs--use1-az4--x-s3",
        "evil.example/#",
        "evil@host",
      })
  void refusesOtherBuckets(String bucket) {
    assertThat(StorageRules.checkBucket(bucket))
        .singleElement()
        .returns("config.storage.config.bucket", FieldError::field)
        .returns("invalid-value", FieldError::code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"us-east-1", "eu-central-1", "us-gov-west-1", "ap-southeast-15"})
  void takesRegionsOfAmazon(String region) {
    assertThat(StorageRules.checkRegion(region, false)).isEmpty();
  }

  @ParameterizedTest(name = "row 45: region \"{0}\"")
  @ValueSource(
      strings = {
        "",
        "us-east-1.evil.com/",
        "x@evil.tld#",
        "US-EAST-1",
        "us-east",
        "us-east-1\n",
        "us-east-1/",
        "auto",
        "-us-1",
      })
  void refusesOtherRegionsAtAmazon(String region) {
    assertThat(StorageRules.checkRegion(region, false))
        .singleElement()
        .returns("config.storage.config.region", FieldError::field);
  }

  @ParameterizedTest
  @CsvSource({"auto,true", "fr-par,true", "us-west-004,true", "US,false", "a.b,false", "-a,false"})
  void otherStoresHaveRegionsOfTheirOwn(String region, boolean taken) {
    assertThat(StorageRules.checkRegion(region, true).isEmpty()).isEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Row 46: an address is judged by the guard, at each attempt, not by the form.
        "http://127.0.0.1:9000",
        "https://s3.example.com",
        "https://s3.example.com/",
        "HTTPS://[2001:db8::1]:8443",
        "http://localhost:1",
      })
  void takesEndpoints(String url) {
    assertThat(StorageRules.checkEndpoint(url)).isEmpty();
  }

  @ParameterizedTest(name = "row 46: endpoint \"{0}\"")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|invalid-url",
        "s3.example.com|invalid-url",
        "ftp://h|invalid-url",
        "file:///etc|invalid-url",
        "https:///x|invalid-url",
        "https:/h|invalid-url",
        "https://my_host/|invalid-url",
        "https://h:0|invalid-url",
        "https://h:65536|invalid-url",
        "https://h/path|invalid-url",
        "https://h/?x=1|invalid-url",
        "https://h?x|invalid-url",
        "https://h#f|invalid-url",
        "https://h x|invalid-url",
        "https://bücher.example|invalid-url",
        "https://user:pass@h/|userinfo-not-allowed",
        "http://a@127.0.0.1@evil.com/|userinfo-not-allowed",
      })
  void refusesOtherEndpoints(String url, String code) {
    assertThat(StorageRules.checkEndpoint(url))
        .isNotEmpty()
        .allSatisfy(error -> {
          assertThat(error.field()).isEqualTo("config.storage.config.endpoint");
          assertThat(error.message()).doesNotContain("pass@");
        })
        .extracting(FieldError::code)
        .contains(code);
  }

  @ParameterizedTest(name = "row 46: {0} \"{1}\"")
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "accessKeyId,AKIAIOSFODNN7EXAMPL",
        "accessKeyId,AKIAIOSFODNN7EXAMPLEX",
        "accessKeyId,ASIAIOSFODNN7",
        "accessKeyId,SHORT",
        "accessKeyId,akiaiosfodnn7example",
        "accessKeyId,AKIAIOSFODNN7EXA/PLE",
        "accessKeyId,`AKIAIOSFODNN7EXAMPLE\n`",
        "secretAccessKey,short",
        "secretAccessKey,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE",
        "secretAccessKey,`wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n`",
        "secretAccessKey,`wJalrXUtnFEMI/K7MDENG bPxRfiCYEXAMPLEKEY`",
        "sessionToken,`a b`",
      })
  void refusesKeysThatAmazonNeverIssued(String name, String value) {
    assertThat(StorageRules.checkCredential("storage.config." + name, value, false))
        .singleElement()
        .returns("config.storage.config." + name, FieldError::field)
        .returns("invalid-value", FieldError::code)
        .satisfies(error -> assertThat(error.message()).doesNotContain(value.strip()));
  }

  @Test
  void takesKeysOfAmazonsForm() {
    assertThat(
            StorageRules.checkCredential(
                StorageConfig.ACCESS_KEY_ID, "AKIAIOSFODNN7EXAMPLE", false))
        .isEmpty();
    assertThat(
            StorageRules.checkCredential(
                StorageConfig.SECRET_ACCESS_KEY, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", false))
        .isEmpty();
    assertThat(StorageRules.checkCredential(StorageConfig.SESSION_TOKEN, "FwoGZX//==", false))
        .isEmpty();
  }

  @Test
  void otherStoresHaveKeysOfTheirOwn() {
    assertThat(StorageRules.checkCredential(StorageConfig.ACCESS_KEY_ID, "minioadmin", true))
        .isEmpty();
    assertThat(StorageRules.checkCredential(StorageConfig.SECRET_ACCESS_KEY, "minioadmin", true))
        .isEmpty();
    assertThat(StorageRules.checkCredential(StorageConfig.ACCESS_KEY_ID, "a/b-c", true))
        .isNotEmpty();
    assertThat(StorageRules.checkCredential(StorageConfig.ACCESS_KEY_ID, "a, b=c", true))
        .isNotEmpty();
    assertThat(StorageRules.checkCredential(StorageConfig.SECRET_ACCESS_KEY, "has blank", true))
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"undefined", "null", "''", "None", "${AWS_ACCESS_KEY_ID}", "{{key}}"})
  void noticesCredentialsThatWereNeverSet(String value) {
    for (String name :
        List.of(
            StorageConfig.ACCESS_KEY_ID,
            StorageConfig.SECRET_ACCESS_KEY,
            StorageConfig.SESSION_TOKEN)) {
      assertThat(StorageRules.checkCredential(name, value, true))
          .singleElement()
          .returns("config." + name, FieldError::field)
          .returns("credential-looks-unset", FieldError::code);
    }
  }

  @ParameterizedTest(name = "row 47: encryption \"{0}\", key \"{1}\"")
  @CsvSource({
    "AES128,",
    "aes256,",
    "'',",
    "aws:kms:dsse,",
    "AES256,alias/x",
    "aws:kms,'a b'",
    "aws:kms,''",
    "aws:kms,'x\r\ny'",
    "aws:kms,-x",
  })
  void refusesOtherEncryption(String encryption, String key) {
    assertThat(StorageRules.checkEncryption(encryption, Optional.ofNullable(key))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "AES256,",
    "aws:kms,",
    "aws:kms,1234abcd-12ab-34cd-56ef-1234567890ab",
    "aws:kms,arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab",
    "aws:kms,alias/audit_logs",
  })
  void takesAmazonsKeysAndOnesOwn(String encryption, String key) {
    assertThat(StorageRules.checkEncryption(encryption, Optional.ofNullable(key))).isEmpty();
  }

  @ParameterizedTest(name = "row 47: storage class \"{0}\"")
  @ValueSource(strings = {"GLACIER_X", "standard", "", "EXPRESS_ONEZONE", "STANDARD\r\nX: y"})
  void refusesOtherStorageClasses(String name) {
    assertThat(StorageRules.checkStorageClass(name)).isNotEmpty();
    assertThat(StorageRules.checkStorageClass("DEEP_ARCHIVE")).isEmpty();
  }

  @ParameterizedTest(name = "row 49: {0} days")
  @CsvSource({"0", "-1", "-5", "36501", "10000000", "2147483647"})
  void refusesOtherRetention(int days) {
    assertThat(StorageRules.checkRetention(new StorageConfig.Retention(days, true)))
        .singleElement()
        .returns("config.storage.retention.days", FieldError::field)
        .returns("out-of-range", FieldError::code);
  }

  @Test
  void aMarkForCleanUpNeedsSomebodyWhoWantsIt() {
    StorageConfig.Retention.Mode mode = StorageConfig.Retention.Mode.CLEAN_UP;

    assertThat(StorageRules.checkRetention(new StorageConfig.Retention(1, true, mode))).isEmpty();
    assertThat(StorageRules.checkRetention(new StorageConfig.Retention(1, false, mode)))
        .singleElement()
        .returns("config.storage.retention.mode", FieldError::field);
  }

  @ParameterizedTest
  @CsvSource({
    "arn:aws:iam::123456789012:role/archive,true",
    "arn:aws-cn:iam::123456789012:role/a/b/c-d,true",
    "arn:aws:iam::123456789012:user/archive,false",
    "arn:aws:iam::12345:role/archive,false",
    "arn:aws:iam::123456789012:role/,false",
    "'arn:aws:iam::123456789012:role/a\nb',false",
    "archive,false",
    "'',false",
  })
  void aRoleIsTheArnOfARole(String arn, boolean taken) {
    assertThat(StorageRules.checkRole(arn).isEmpty()).isEqualTo(taken);
  }

  @Test
  void takesTagsThatEveryStoreTakes() {
    assertThat(StorageRules.checkTags(Map.of("data class", "phi", "a:b/c@d", "x+y=z", "e", "")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "aws:x,1",
    "AWS:x,1",
    "waybill-x,1",
    "'',1",
    "' a',1",
    "a&b,1",
    "a,1&b=2",
    "a,' 1'",
    "ä,1",
    "a,ä",
    "'a\r\nb',1",
  })
  void refusesOtherTags(String name, String value) {
    assertThat(StorageRules.checkTags(Map.of(name, value)))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).startsWith("config.storage.tags.").matches("[!-~]+");
          assertThat(error.code()).isEqualTo("invalid-value");
        });
  }

  @Test
  void refusesMoreThanTenTags() {
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < 11; i++) {
      tags.put("tag" + i, "x");
    }

    assertThat(StorageRules.checkTags(tags))
        .singleElement()
        .returns("config.storage.tags", FieldError::field)
        .returns("too-many", FieldError::code);
  }

  @Test
  void aLocalFolderHasNothingOfAStore() {
    Duration timeout = Duration.ofSeconds(60);
    StorageConfig folder = StorageConfig.local("archive", "a/", timeout, Optional.empty());
    StorageConfig odd =
        new StorageConfig(
            StorageConfig.Provider.LOCAL,
            "us-east-1",
            "../archive",
            Optional.of(URI.create("https://s3.example.com")),
            false,
            "a/",
            "AES256",
            Optional.of("alias/x"),
            Optional.of("GLACIER"),
            Optional.of("arn:aws:iam::123456789012:role/archive"),
            Map.of("a", "b"),
            Optional.of(new StorageConfig.Retention(1, true)),
            Map.of("a", "b"),
            StorageConfig.Credentials.KEYS,
            timeout,
            Optional.empty());

    assertThat(StorageRules.checkConfig(folder)).isEmpty();
    assertThat(folder.credentialsGoTo()).isEqualTo("local");
    assertThat(StorageRules.checkConfig(odd))
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "config.storage.config.root",
            "config.storage.config.region",
            "config.storage.config.endpoint",
            "config.storage.config.serverSideEncryption",
            "config.storage.config.kmsKeyId",
            "config.storage.config.storageClass",
            "config.storage.config.roleArn",
            "config.storage.config.accessKeyId",
            "config.storage.tags",
            "config.storage.metadata",
            "config.storage.retention");
  }

  @ParameterizedTest
  @CsvSource({
    "waybill-delivery-id,x",
    "X-Amz-Meta-x,x",
    "amz-x,x",
    "a b,x",
    "'',x",
    "a:b,x",
    "ä,x",
    "a_b,x",
    "a,''",
    "a,' x'",
    "a,'x\r\nX-Y: z'",
    "a,ä",
  })
  void refusesMetadataThatNoHeaderCarries(String name, String value) {
    assertThat(StorageRules.checkMetadata(Map.of(name, value)))
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error.field()).startsWith("config.storage.metadata."));
  }

  @Test
  void metadataHasALimitInBytes() {
    assertThat(StorageRules.checkMetadata(Map.of("a", "x".repeat(1535)))).isEmpty();
    assertThat(StorageRules.checkMetadata(Map.of("a", "x".repeat(1536))))
        .singleElement()
        .returns("too-long", FieldError::code);
    assertThat(StorageRules.checkMetadata(Map.of("Team", "a", "team", "b"))).isNotEmpty();
  }

  /** An error thrown here would end the topology that owns destinations, again and again. */
  @Test
  void aRegionOfManyPartsIsRefusedAndNotRead() {
    assertThat(StorageRules.checkRegion("us" + "-a".repeat(100_000) + "-1", false))
        .extracting(FieldError::code)
        .containsExactly("invalid-value");
  }
}
