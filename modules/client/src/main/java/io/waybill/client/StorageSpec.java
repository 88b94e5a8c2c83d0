package io.waybill.client;

import java.net.URI;

/**
 * Objects in a store while they are being described.
 *
 * <pre>{@code
 * DestinationSpec.storage("hospital-001", "HIPAA Compliant Archive")
 *     .s3("us-east-1", "hospital-hipaa-audit-archive")
 *     .credentials(accessKeyId, secretAccessKey)
 *     .path("/audit-logs/{organizationId}/{year}/{month}/{day}/")
 * }</pre>
 */
public final class StorageSpec extends SpecBuilder<StorageSpec> {
  StorageSpec(String organizationId, String label) {
    super(organizationId, label, "storage");
  }

  @Override
  StorageSpec self() {
    return this;
  }

  private StorageSpec store(String field, Object value) {
    object("config").put(field, value);
    return this;
  }

  /** Amazon's store, or what speaks its protocol at an {@link #endpoint}. */
  public StorageSpec s3(String region, String bucket) {
    store("region", region);
    store("bucket", bucket);
    return with("provider", "s3");
  }

  /** Both are sealed. Left out only where the operator lends the platform's own. */
  public StorageSpec credentials(String accessKeyId, String secretAccessKey) {
    store("accessKeyId", accessKeyId);
    return store("secretAccessKey", secretAccessKey);
  }

  /** Belongs to temporary credentials. It is sealed. */
  public StorageSpec sessionToken(String token) {
    return store("sessionToken", token);
  }

  /** Of a store that is not Amazon's: its URL without a path. */
  public StorageSpec endpoint(URI url) {
    return store("endpoint", url.toString());
  }

  /** Whether the bucket stands in the URL's path; true when an endpoint is given. */
  public StorageSpec forcePathStyle(boolean inPath) {
    return store("forcePathStyle", inPath);
  }

  /** {@code AES256} (when it is not said) or {@code aws:kms}. */
  public StorageSpec serverSideEncryption(String algorithm) {
    return store("serverSideEncryption", algorithm);
  }

  /** The key of {@code aws:kms}. */
  public StorageSpec kmsKeyId(String id) {
    return store("kmsKeyId", id);
  }

  /** The bucket's own when it is not said. */
  public StorageSpec storageClass(String name) {
    return store("storageClass", name);
  }

  /** Template of the folder. */
  public StorageSpec path(String template) {
    return with("path", template);
  }

  /** How long objects are meant to be kept. Written down, not enforced yet. */
  public StorageSpec retention(int days, boolean autoCleanup) {
    object("retention").put("days", days);
    object("retention").put("autoCleanup", autoCleanup);
    return this;
  }

  /** User metadata of each object. */
  public StorageSpec metadata(String name, String value) {
    object("metadata").put(name, value);
    return this;
  }
}
