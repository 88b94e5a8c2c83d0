package io.waybill.channel.storage;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.StoragePath;
import io.waybill.domain.TaskId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells by its key whether a destination wrote an object. */
final class OwnNames {
  /** Delivery and task, as {@link StoragePath#key} writes them. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?:.*/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\\.([0-9a-f]{32})\\.json");

  private final Destination destination;

  OwnNames(Destination destination) {
    this.destination = destination;
  }

  /**
   * The task whose object has this key, nothing unless it is the destination's. The id of a task is
   * a hash of its delivery and destination: no other's can come out.
   */
  Optional<String> taskIn(String key) {
    Matcher name = NAME.matcher(key);
    if (!name.matches()) {
      return Optional.empty();
    }
    return DeliveryId.parse(name.group(1))
        .map(delivery -> TaskId.of(destination.organizationId(), delivery, destination.id()))
        .map(TaskId::value)
        .filter(name.group(2)::equals);
  }
}
