package io.waybill.channel.storage;

import io.waybill.domain.StorageConfig;
import java.net.URI;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.scheme.StsAuthSchemeProvider;
import software.amazon.awssdk.services.sts.endpoints.StsEndpointProvider;

/**
 * The SDK's clients, one for each store, that take nothing from their surroundings. They hold no
 * credentials, which come with each request, and no connections, which are the HTTP client's.
 * Making one takes milliseconds, so they are kept. Safe to share between threads.
 */
final class Stores {
  private static final int MOST_KEPT = 1_000;

  private final SdkHttpClient http;
  private final ConcurrentMap<Store, S3Client> clients = new ConcurrentHashMap<>();
  private final ConcurrentMap<Store, StsClient> roleClients = new ConcurrentHashMap<>();

  private record Store(String region, URI endpoint, boolean pathStyle) {}

  Stores(SdkHttpClient http) {
    this.http = http;
  }

  S3Client of(StorageConfig config) {
    if (clients.size() >= MOST_KEPT) {
      // Attempts under way keep theirs; a client that nobody holds has nothing to close.
      clients.clear();
    }
    return clients.computeIfAbsent(
        new Store(config.region(), endpoint(config), config.forcePathStyle()), this::client);
  }

  /** Where sessions of roles are had: of Amazon in the bucket's region, else where objects go. */
  StsClient roles(StorageConfig config) {
    if (roleClients.size() >= MOST_KEPT) {
      roleClients.clear();
    }
    return roleClients.computeIfAbsent(
        new Store(config.region(), roleEndpoint(config), false), this::roleClient);
  }

  static URI roleEndpoint(StorageConfig config) {
    return config.endpoint().orElseGet(() -> amazon("sts", config.region()));
  }

  /** For messages: no key, no bucket. */
  static String host(StorageConfig config) {
    if (config.provider() == StorageConfig.Provider.LOCAL) {
      return "the local folder " + config.bucket();
    }
    String host = endpoint(config).getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /**
   * Always said, so that no environment variable or profile can name another. The SDK puts the
   * bucket before it unless told otherwise.
   */
  private static URI endpoint(StorageConfig config) {
    return config.endpoint().orElseGet(() -> amazon("s3", config.region()));
  }

  private static URI amazon(String service, String region) {
    String suffix = PartitionMetadata.of(Region.of(region)).dnsSuffix();
    return URI.create("https://" + service + "." + region + "." + suffix);
  }

  /**
   * Whatever it is told below, the SDK first reads the machine's profile files for defaults that it
   * then drops, and fails when one of them is malformed. It is led to a folder instead, which it
   * takes for a missing file. The properties win over the environment; nobody else in this process
   * uses the SDK.
   */
  private static void hideProfileFiles() {
    String folder = System.getProperty("java.home");
    System.setProperty(ProfileFileSystemSetting.AWS_CONFIG_FILE.property(), folder);
    System.setProperty(ProfileFileSystemSetting.AWS_SHARED_CREDENTIALS_FILE.property(), folder);
  }

  private S3Client client(Store store) {
    hideProfileFiles();
    ProfileFile none = ProfileFile.aggregator().build();
    return S3Client.builder()
        .httpClient(http)
        .region(Region.of(store.region()))
        .endpointOverride(store.endpoint())
        .endpointProvider(S3EndpointProvider.defaultProvider())
        .authSchemeProvider(S3AuthSchemeProvider.defaultProvider())
        // A request that forgot its credentials is refused by the store, not signed by ours.
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .defaultsMode(DefaultsMode.LEGACY)
        .dualstackEnabled(false)
        .fipsEnabled(false)
        .crossRegionAccessEnabled(false)
        .disableS3ExpressSessionAuth(true)
        .disableMultiRegionAccessPoints(true)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .serviceConfiguration(s3 ->
            s3.pathStyleAccessEnabled(store.pathStyle())
                .accelerateModeEnabled(false)
                .useArnRegionEnabled(false)
                // The body is the data, not the SDK's framing of it, whatever the store
                // understands.
                .chunkedEncodingEnabled(false)
                .expectContinueEnabled(false)
                .profileFile(() -> none))
        .overrideConfiguration(sdk ->
            sdk.retryStrategy(DefaultRetryStrategy.doNotRetry())
                .defaultProfileFileSupplier(() -> none)
                .defaultProfileName("none")
                .appId(""))
        .build();
  }

  private StsClient roleClient(Store store) {
    hideProfileFiles();
    ProfileFile none = ProfileFile.aggregator().build();
    return StsClient.builder()
        .httpClient(http)
        .region(Region.of(store.region()))
        .endpointOverride(store.endpoint())
        .endpointProvider(StsEndpointProvider.defaultProvider())
        .authSchemeProvider(StsAuthSchemeProvider.defaultProvider())
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .defaultsMode(DefaultsMode.LEGACY)
        .dualstackEnabled(false)
        .fipsEnabled(false)
        .overrideConfiguration(sdk ->
            sdk.retryStrategy(DefaultRetryStrategy.doNotRetry())
                .defaultProfileFileSupplier(() -> none)
                .defaultProfileName("none")
                .appId(""))
        .build();
  }

  void close() {
    clients.values().forEach(S3Client::close);
    clients.clear();
    roleClients.values().forEach(StsClient::close);
    roleClients.clear();
  }
}
