package io.waybill.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an object-storage destination must look like, in one place: asked by the SDK before it
 * publishes, by the topology that owns destinations, and by the channel before each attempt.
 *
 * <p>Every method names all that is wrong, not the first thing.
 */
public final class StorageRules {
  private StorageRules() {}

  private static final String SECTION = "config.storage";

  /** Amazon's names of regions; anything else could become part of another host's name. */
  private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-\\d{1,2}");

  /** All that is wrong with a configuration, credentials excepted. */
  public static List<FieldError> checkConfig(StorageConfig config) {
    List<FieldError> errors = new ArrayList<>();
    if (!REGION.matcher(config.region()).matches()) {
      errors.add(
          new FieldError(
              SECTION + ".config.region",
              DestinationRules.INVALID_VALUE,
              "must be a region like us-east-1"));
    }
    errors.addAll(DestinationRules.checkTimeout(SECTION, config.timeout()));
    config.retry().ifPresent(retry -> errors.addAll(DestinationRules.checkRetry(SECTION, retry)));
    return List.copyOf(errors);
  }
}
