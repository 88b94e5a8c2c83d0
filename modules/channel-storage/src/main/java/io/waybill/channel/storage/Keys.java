package io.waybill.channel.storage;

import io.waybill.channel.CredentialSource;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.FieldError;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StorageRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Whose credentials sign an attempt. Checks them again: topics can be written by others. */
final class Keys {
  private final CredentialSource source;
  private final PlatformCredentials platform;

  Keys(CredentialSource source, PlatformCredentials platform) {
    this.source = source;
    this.platform = platform;
  }

  sealed interface Found {
    record Usable(AwsCredentials credentials) implements Found {
      /** Without them. */
      @Override
      public String toString() {
        return "Usable";
      }
    }

    record NotNow(Reason reason, String message) implements Found {}

    record Never(Reason reason, String message) implements Found {}
  }

  Found of(Destination destination, DestinationSecrets secrets, StorageConfig config) {
    if (config.credentials() == StorageConfig.Credentials.PLATFORM) {
      return platform
          .find(destination.organizationId(), config)
          .<Found>map(grant ->
              new Found.Usable(
                  credentials(grant.accessKeyId(), grant.secretAccessKey(), grant.sessionToken())))
          .orElseGet(() ->
              new Found.Never(
                  Reason.INVALID_CREDENTIAL,
                  "accessKeyId "
                      + PlatformCredentials.missing(destination.organizationId(), config)));
    }
    return switch (source.open(secrets, config)) {
      case CredentialSource.Opened opened -> {
        try (opened) {
          yield own(secrets.version() < destination.version(), config, opened);
        }
      }
      case CredentialSource.KeyUnavailable(String message) ->
          new Found.NotNow(Reason.KEY_UNAVAILABLE, message);
      case CredentialSource.Broken(String message) -> new Found.Never(Reason.INTEGRITY, message);
    };
  }

  private static Found own(
      boolean areBehind, StorageConfig config, CredentialSource.Opened opened) {
    List<FieldError> errors = new ArrayList<>();
    for (String name : config.credentialNames()) {
      Optional<String> value = opened.value(name);
      if (value.isEmpty()) {
        return missing(areBehind, name);
      }
      errors.addAll(StorageRules.checkCredential(name, value.get(), config.endpoint().isPresent()));
    }
    if (!errors.isEmpty()) {
      return new Found.Never(Reason.INVALID_CREDENTIAL, errors.getFirst().toString());
    }
    return new Found.Usable(
        credentials(
            opened.value(StorageConfig.ACCESS_KEY_ID).orElseThrow(),
            opened.value(StorageConfig.SECRET_ACCESS_KEY).orElseThrow(),
            config.credentials() == StorageConfig.Credentials.SESSION
                ? opened.value(StorageConfig.SESSION_TOKEN)
                : Optional.empty()));
  }

  private static Found missing(boolean areBehind, String name) {
    // Destinations and secrets are two topics; one may be read a moment before the other.
    if (areBehind) {
      return new Found.NotNow(
          Reason.DESTINATION_PENDING, name + " has not arrived yet at this sender");
    }
    return new Found.Never(
        Reason.INVALID_CREDENTIAL, name + " has no value: set it anew by updating the destination");
  }

  private static AwsCredentials credentials(
      String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
    return sessionToken.isPresent()
        ? AwsSessionCredentials.create(accessKeyId, secretAccessKey, sessionToken.get())
        : AwsBasicCredentials.create(accessKeyId, secretAccessKey);
  }
}
