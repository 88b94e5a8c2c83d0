package io.waybill.channel.email;

import io.waybill.domain.MailEncryptionRules;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a name in a template means: a field of the data, else of the metadata, else something that
 * is known of every delivery. Looks into maps and lists and nowhere else. A null counts as absent.
 */
final class Lookup {
  private static final String DATA = "data";
  private static final String METADATA = "metadata";

  private final List<Map<String, Object>> places;

  private Lookup(List<Map<String, Object>> places) {
    this.places = places;
  }

  /**
   * What a task's templates can show.
   *
   * @param names that they ask for, without what follows a dot; nothing else is read
   * @throws IOException when data or metadata are not JSON
   */
  static Lookup of(Task task, RawJson data, Set<String> names) throws IOException {
    Map<String, Object> builtIns = builtIns(task);
    // The one way to a field of the metadata that the data has too.
    if (names.contains(DATA)) {
      builtIns.put(DATA, JsonFields.whole(data));
    }
    if (names.contains(METADATA)) {
      builtIns.put(METADATA, JsonFields.whole(task.metadata()));
    }
    return new Lookup(
        List.of(JsonFields.of(data, names), JsonFields.of(task.metadata(), names), builtIns));
  }

  /** What may be shown in clear beside an encrypted mail: nothing of data and metadata. */
  static Lookup inClear(Task task) {
    Map<String, Object> values = builtIns(task);
    values.keySet().retainAll(MailEncryptionRules.CLEAR_NAMES);
    return new Lookup(List.of(values));
  }

  /** In UTC, and of the time of the request: all attempts make the same mail. */
  private static Map<String, Object> builtIns(Task task) {
    ZonedDateTime created = task.createdAt().atZone(ZoneOffset.UTC);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("date", format(created, "uuuu-MM-dd"));
    values.put("time", format(created, "HH:mm:ss"));
    values.put("timestamp", task.createdAt().toString());
    values.put("year", format(created, "uuuu"));
    values.put("month", format(created, "MM"));
    values.put("day", format(created, "dd"));
    values.put("deliveryId", task.deliveryId().toString());
    values.put("organizationId", task.organizationId().value());
    values.put("type", task.payloadType());
    task.correlationId().ifPresent(id -> values.put("correlationId", id));
    return values;
  }

  private static String format(ZonedDateTime time, String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time);
  }

  /** The value of {@code a.b}, or null. */
  @Nullable Object find(String path) {
    for (Map<String, Object> place : places) {
      Object value = walk(place, path);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** The value that the path leads to from here, or null; numbers lead into lists. */
  static @Nullable Object walk(Object from, String path) {
    Object value = from;
    for (String step : path.split("\\.", -1)) {
      value = step(value, step);
      if (value == null) {
        return null;
      }
    }
    return value;
  }

  private static @Nullable Object step(Object from, String name) {
    Object value = null;
    if (from instanceof Map<?, ?> fields) {
      value = fields.get(name);
    } else if (from instanceof List<?> elements && name.matches("[0-9]{1,9}")) {
      int index = Integer.parseInt(name);
      value = index < elements.size() ? elements.get(index) : null;
    }
    return value instanceof JsonFields.Null ? null : value;
  }
}
