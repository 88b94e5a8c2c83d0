package io.waybill.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a destination in a local folder must look like. It names the folder by a word of the
 * operator's and never by a path, so that there is nothing in it that could lead elsewhere.
 */
final class StorageFolderRules {
  private StorageFolderRules() {}

  private static final String SECTION = "config.storage.";
  private static final Pattern ROOT = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  static List<FieldError> check(StorageConfig config) {
    List<FieldError> errors = new ArrayList<>(checkRoot(config.bucket()));
    refuse(errors, "config.region", !config.region().isEmpty());
    refuse(errors, "config.endpoint", config.endpoint().isPresent());
    refuse(errors, "config.serverSideEncryption", !config.serverSideEncryption().isEmpty());
    refuse(errors, "config.kmsKeyId", config.kmsKeyId().isPresent());
    refuse(errors, "config.storageClass", config.storageClass().isPresent());
    refuse(errors, "config.roleArn", config.roleArn().isPresent());
    refuse(
        errors, "config.accessKeyId", config.credentials() != StorageConfig.Credentials.PLATFORM);
    refuse(errors, "tags", !config.tags().isEmpty());
    refuse(errors, "metadata", !config.metadata().isEmpty());
    refuse(errors, "retention", config.retention().isPresent());
    return List.copyOf(errors);
  }

  static List<FieldError> checkRoot(String name) {
    return ROOT.matcher(name).matches()
        ? List.of()
        : List.of(
            new FieldError(
                SECTION + "config.root",
                DestinationRules.INVALID_VALUE,
                "must be the name of a folder that the operator allows, not its path: up to 63"
                    + " lower-case letters, digits and hyphens"));
  }

  private static void refuse(List<FieldError> errors, String field, boolean isThere) {
    if (isThere) {
      errors.add(
          new FieldError(
              SECTION + field, DestinationRules.NOT_AVAILABLE, "is not for a local folder"));
    }
  }
}
