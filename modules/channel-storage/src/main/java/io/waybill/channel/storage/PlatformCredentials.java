package io.waybill.channel.storage;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StoragePath;
import io.waybill.domain.StorageRules;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The operator's own credentials, and which organization may have them used for which bucket. A
 * destination without keys of its own is refused unless it is on this list: a tenant would
 * otherwise write with the operator's rights, into whatever bucket it names.
 *
 * <p>Organizations that share a bucket are kept apart by {@link Grant#prefix}.
 *
 * @param localRoots folders of this machine, which are the operator's as well
 */
public record PlatformCredentials(List<Grant> grants, List<LocalRoot> localRoots) {
  /** The key of the operator's configuration file that holds the list. */
  public static final String SWITCH = "storage.platformCredentials";

  /** The key of the operator's configuration file that holds the folders. */
  public static final String LOCAL_SWITCH = "storage.localRoots";

  public PlatformCredentials {
    grants = List.copyOf(grants);
    localRoots = List.copyOf(localRoots);
  }

  /** Without any folder. */
  public PlatformCredentials(List<Grant> grants) {
    this(grants, List.of());
  }

  /** Allows nobody. */
  public static PlatformCredentials none() {
    return new PlatformCredentials(List.of());
  }

  /**
   * One line of the list.
   *
   * @param endpoint of the store; empty means Amazon's. A destination that names another endpoint
   *     is not meant, for what the operator signs must not go to a tenant's machine
   * @param prefix what the organization's keys must start with, without a slash at its start; empty
   *     means anywhere in the bucket
   * @param roleArn the role that a destination must have assumed with them; empty means none
   */
  public record Grant(
      OrganizationId organizationId,
      String bucket,
      Optional<URI> endpoint,
      String prefix,
      String accessKeyId,
      String secretAccessKey,
      Optional<String> sessionToken,
      Optional<String> roleArn) {

    /** Without a role. */
    public Grant(
        OrganizationId organizationId,
        String bucket,
        Optional<URI> endpoint,
        String prefix,
        String accessKeyId,
        String secretAccessKey,
        Optional<String> sessionToken) {
      this(
          organizationId,
          bucket,
          endpoint,
          prefix,
          accessKeyId,
          secretAccessKey,
          sessionToken,
          Optional.empty());
    }

    public Grant {
      List<FieldError> errors = new ArrayList<>(StorageRules.checkBucket(bucket));
      endpoint.ifPresent(url -> errors.addAll(StorageRules.checkEndpoint(url.toString())));
      boolean other = endpoint.isPresent();
      errors.addAll(StorageRules.checkCredential(StorageConfig.ACCESS_KEY_ID, accessKeyId, other));
      errors.addAll(
          StorageRules.checkCredential(StorageConfig.SECRET_ACCESS_KEY, secretAccessKey, other));
      sessionToken.ifPresent(token ->
          errors.addAll(StorageRules.checkCredential(StorageConfig.SESSION_TOKEN, token, other)));
      roleArn.ifPresent(arn -> errors.addAll(StorageRules.checkRole(arn)));
      if (prefix.startsWith("/") || (!prefix.isEmpty() && !prefix.endsWith("/"))) {
        errors.add(
            new FieldError(
                "prefix",
                DestinationRules.INVALID_VALUE,
                "must name a folder: logs/hospital-001/"));
      }
      if (!errors.isEmpty()) {
        FieldError first = errors.getFirst();
        String name = first.field().substring(first.field().lastIndexOf('.') + 1);
        throw new IllegalArgumentException(name + " " + first.message());
      }
    }

    private boolean covers(OrganizationId organization, StorageConfig config) {
      return organizationId.equals(organization)
          && bucket.equals(config.bucket())
          && origin(endpoint).equals(origin(config.endpoint()))
          // What the operator's identity may use or become is not a tenant's to choose.
          && config.kmsKeyId().isEmpty()
          && config.roleArn().equals(roleArn)
          && StoragePath.check(config.path()).isEmpty()
          && StoragePath.parse(config.path()).startFor(organization).startsWith(prefix);
    }

    private static String origin(Optional<URI> endpoint) {
      if (endpoint.isEmpty()) {
        return "";
      }
      URI uri = endpoint.get();
      String scheme = lower(uri.getScheme());
      int port = uri.getPort() != -1 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
      return scheme + "://" + lower(uri.getHost()) + ":" + port;
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }

    /** Without the credentials. */
    @Override
    public String toString() {
      return "Grant[%s, %s, %s]".formatted(organizationId, bucket, prefix);
    }
  }

  /** The folder that the organization may write into, if there is one. */
  public Optional<LocalRoot> findRoot(OrganizationId organization, StorageConfig config) {
    return localRoots.stream().filter(root -> root.covers(organization, config)).findFirst();
  }

  /** The line that lets the organization use this bucket, if there is one. */
  public Optional<Grant> find(OrganizationId organization, StorageConfig config) {
    return grants.stream().filter(grant -> grant.covers(organization, config)).findFirst();
  }

  /**
   * What the operator does not allow of a destination; for the topology that owns destinations.
   * Pure, without I/O.
   */
  public List<FieldError> check(OrganizationId organization, DestinationConfig config) {
    if (config instanceof StorageConfig local && local.provider() == StorageConfig.Provider.LOCAL) {
      return checkRoot(organization, local);
    }
    if (!(config instanceof StorageConfig storage)
        || storage.credentials() != StorageConfig.Credentials.PLATFORM
        || find(organization, storage).isPresent()) {
      return List.of();
    }
    return List.of(
        new FieldError(
            "config." + StorageConfig.ACCESS_KEY_ID,
            DestinationRules.CREDENTIALS_MISSING,
            missing(organization, storage)));
  }

  private List<FieldError> checkRoot(OrganizationId organization, StorageConfig local) {
    return findRoot(organization, local).isPresent()
        ? List.of()
        : List.of(
            new FieldError(
                "config.storage.config.root",
                DestinationRules.NOT_ALLOWED,
                noRoot(organization, local)));
  }

  static String noRoot(OrganizationId organization, StorageConfig local) {
    return "is not allowed: the operator can allow the folder "
        + local.bucket()
        + " for organization "
        + organization
        + " and this path under "
        + LOCAL_SWITCH
        + " in the configuration file";
  }

  static String missing(OrganizationId organization, StorageConfig config) {
    return "is missing: give accessKeyId and secretAccessKey, or ask the operator to allow the"
        + " platform's own credentials for organization "
        + organization
        + " and bucket "
        + config.bucket()
        + " (this endpoint, path and roleArn included; no kmsKeyId can be) under "
        + SWITCH
        + " in the configuration file";
  }
}
