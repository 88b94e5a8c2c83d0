package io.waybill.channel.storage;

import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StoragePath;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Asks a store for its bucket with the destination's credentials and writes nothing: an object that
 * was written to try could be one that nobody may remove for seven years. A list and not a HEAD,
 * whose answers have no body that says what is wrong. Blocks; used once, by one thread.
 */
final class Probe {
  private static final String ACCESS_DENIED = "AccessDenied";

  private final S3Client store;
  private final StorageConfig config;
  private final OrganizationId organization;
  private final AwsCredentials credentials;

  Probe(
      S3Client store,
      StorageConfig config,
      OrganizationId organization,
      AwsCredentials credentials) {
    this.store = store;
    this.config = config;
    this.organization = organization;
    this.credentials = credentials;
  }

  Upload.Result run() {
    try {
      store.listObjectsV2(
          ListObjectsV2Request.builder()
              .bucket(config.bucket())
              .prefix(StoragePath.parse(config.path()).startFor(organization))
              .maxKeys(1)
              .overrideConfiguration(
                  call -> call.credentialsProvider(StaticCredentialsProvider.create(credentials)))
              .build());
      return new Upload.Result.Stored("200", "s3://" + config.bucket());
    } catch (S3Exception refused) {
      return refusal(refused);
    }
  }

  private Upload.Result refusal(S3Exception refused) {
    String host = Stores.host(config);
    Optional<String> code = Upload.code(refused);
    if (code.filter(ACCESS_DENIED::equals).isPresent()) {
      return new Upload.Result.Refused(
          true,
          Reason.STORAGE_PERMANENT,
          host
              + " knows these credentials but does not let them list the bucket (s3:ListBucket),"
              + " which deliveries do not need: only a delivery can tell whether they may write",
          Optional.empty(),
          false);
    }
    Refusals.Refusal refusal = Refusals.of(refused.statusCode(), code, host);
    return new Upload.Result.Refused(
        refusal.forGood(),
        refusal.reason(),
        refusal.message(),
        Optional.empty(),
        Refusals.isClockSkew(code));
  }
}
