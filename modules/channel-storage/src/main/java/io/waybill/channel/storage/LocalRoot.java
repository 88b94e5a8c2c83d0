package io.waybill.channel.storage;

import io.waybill.domain.DestinationRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StoragePath;
import io.waybill.domain.StorageRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder of this machine that the operator lets one organization write into. Destinations name it
 * by its word and never by its path.
 *
 * @param name as destinations write it: {@code archive}
 * @param folder exists before anything is written: a disk that is not mounted must not be written
 *     beside
 * @param prefix what the organization's paths must start with, without a slash at its start; empty
 *     means anywhere in the folder
 */
public record LocalRoot(OrganizationId organizationId, String name, Path folder, String prefix) {

  public LocalRoot {
    List<FieldError> errors = new ArrayList<>(StorageRules.checkRoot(name));
    if (!folder.isAbsolute()) {
      errors.add(
          new FieldError("folder", DestinationRules.INVALID_VALUE, "must be an absolute path"));
    }
    if (prefix.startsWith("/") || (!prefix.isEmpty() && !prefix.endsWith("/"))) {
      errors.add(
          new FieldError(
              "prefix", DestinationRules.INVALID_VALUE, "must name a folder: logs/hospital-001/"));
    }
    if (!errors.isEmpty()) {
      FieldError first = errors.getFirst();
      throw new IllegalArgumentException(
          first.field().substring(first.field().lastIndexOf('.') + 1) + " " + first.message());
    }
  }

  boolean covers(OrganizationId organization, StorageConfig config) {
    return organizationId.equals(organization)
        && config.provider() == StorageConfig.Provider.LOCAL
        && name.equals(config.bucket())
        && StoragePath.check(config.path()).isEmpty()
        && StoragePath.parse(config.path()).startFor(organization).startsWith(prefix);
  }
}
