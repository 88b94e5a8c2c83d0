package io.waybill.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the tags of objects must look like: what every store takes, and ASCII only. */
final class StorageTagRules {
  private StorageTagRules() {}

  /** Amazon's limit. */
  static final int MOST = 10;

  private static final String FIELD = "config.storage.tags";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 +=._:/@-]{1,128}");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9 +=._:/@-]{0,256}");
  private static final List<String> RESERVED = List.of("aws:", "waybill-");
  private static final int MOST_SHOWN = 64;

  static List<FieldError> check(Map<String, String> tags) {
    if (tags.size() > MOST) {
      return List.of(
          new FieldError(
              FIELD,
              DestinationRules.TOO_MANY,
              "are " + tags.size() + ", at most " + MOST + " are allowed"));
    }
    List<FieldError> errors = new ArrayList<>();
    tags.forEach((name, value) -> errors.addAll(check(name, value)));
    return List.copyOf(errors);
  }

  private static List<FieldError> check(String name, String value) {
    if (!NAME.matcher(name).matches() || !name.equals(name.strip())) {
      return invalid(
          name, "is no name of a tag: 1 to 128 letters, digits, blanks inside and + - = . _ : / @");
    }
    if (RESERVED.stream()
        .anyMatch(start -> name.regionMatches(true, 0, start, 0, start.length()))) {
      return invalid(
          name, "cannot be configured: names that start with aws: or waybill- are not" + " free");
    }
    return VALUE.matcher(value).matches() && value.equals(value.strip())
        ? List.of()
        : invalid(name, "must be at most 256 letters, digits, blanks inside and + - = . _ : / @");
  }

  /** A broken name must not break the line or the terminal that the error is shown in. */
  private static List<FieldError> invalid(String name, String message) {
    String shown = name.replaceAll("[^!-~]", "?");
    return List.of(
        new FieldError(
            FIELD + "." + (shown.length() > MOST_SHOWN ? shown.substring(0, MOST_SHOWN) : shown),
            DestinationRules.INVALID_VALUE,
            message));
  }
}
