package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder that a destination's objects lie in: a template with tokens in single or double
 * braces, {@code /audit-logs/{organizationId}/{year}/{month}/{day}/}. A slash at its start is
 * dropped, for keys have none. Times are the delivery's, in UTC, so that an attempt after midnight
 * still means the same object.
 *
 * <p>A value cannot leave the folder that the template gives it: whatever is not a letter, a digit,
 * a hyphen, an underscore or a dot between two of these comes out as {@code !} and two hexadecimal
 * digits for each of its bytes, {@code ../x} as {@code !2E!2E!2Fx}. Different values stay
 * different.
 */
public final class StoragePath {
  /** Longest template, in characters. */
  public static final int MAX_LENGTH = 512;

  /** Longest key of an object, in bytes: Amazon's limit. */
  public static final int MAX_KEY_BYTES = 1024;

  private static final String FIELD = "config.storage.path";

  /** A longer value is cut and ends with its hash, so that no value makes a key too long. */
  private static final int MAX_VALUE_LENGTH = 128;

  private static final int HASH_DIGITS = 32;

  /** The ids of delivery and task, a dot between them, and {@code .json}. */
  private static final int NAME_LENGTH = 36 + 1 + 32 + 5;

  /** Letters, digits and what no store, shell or file system takes for something else. */
  private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9!_.*'()=@+,:/-]*");

  private static final Pattern IN_BRACES = Pattern.compile("\\{\\{([^{}]*)}}|\\{([^{}]*)}");

  private final List<Part> parts;

  private StoragePath(List<Part> parts) {
    this.parts = parts;
  }

  private enum Token {
    ORGANIZATION_ID("organizationId", MAX_VALUE_LENGTH),
    DELIVERY_ID("deliveryId", 36),
    DESTINATION_ID("destinationId", 64),
    TYPE("type", MAX_VALUE_LENGTH),
    YEAR("year", 10),
    MONTH("month", 2),
    DAY("day", 2),
    HOUR("hour", 2),
    MINUTE("minute", 2);

    private final String word;
    private final int longest;

    Token(String word, int longest) {
      this.word = word;
      this.longest = longest;
    }

    static Optional<Token> parse(String word) {
      return Stream.of(values()).filter(token -> token.word.equals(word)).findFirst();
    }
  }

  /** A piece of a template: a token, or text that stands for itself. */
  private record Part(String text, Optional<Token> token) {
    int longest() {
      return token.map(known -> known.longest).orElse(text.length());
    }
  }

  /** All that is wrong with a template. */
  public static List<FieldError> check(String template) {
    if (template.isBlank()) {
      return List.of(
          new FieldError(
              FIELD,
              DestinationRules.REQUIRED,
              "is missing: name a folder, such as audit-logs/{organizationId}/{year}/"));
    }
    if (template.length() > MAX_LENGTH) {
      return List.of(
          new FieldError(
              FIELD, DestinationRules.TOO_LONG, "must have at most " + MAX_LENGTH + " characters"));
    }
    List<FieldError> errors = new ArrayList<>();
    List<Part> parts = parse(template, errors);
    checkText(parts, errors);
    if (!template.endsWith("/")) {
      errors.add(
          invalid("must end with a slash: it names a folder, and Waybill names the objects in it"));
    }
    int longest = NAME_LENGTH + parts.stream().mapToInt(Part::longest).sum();
    if (longest > MAX_KEY_BYTES) {
      errors.add(
          new FieldError(
              FIELD,
              DestinationRules.TOO_LONG,
              "could give keys of "
                  + longest
                  + " characters, at most "
                  + MAX_KEY_BYTES
                  + " are possible: use fewer tokens"));
    }
    return List.copyOf(errors);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException when {@link #check} finds something wrong with it
   */
  public static StoragePath parse(String template) {
    List<FieldError> errors = check(template);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors.get(0).toString());
    }
    return new StoragePath(parse(template, new ArrayList<>()));
  }

  private static List<Part> parse(String template, List<FieldError> errors) {
    String relative = template.startsWith("/") ? template.substring(1) : template;
    List<Part> parts = new ArrayList<>();
    Matcher matcher = IN_BRACES.matcher(relative);
    int end = 0;
    while (matcher.find()) {
      parts.add(new Part(relative.substring(end, matcher.start()), Optional.empty()));
      end = matcher.end();
      String word = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      Optional<Token> token = Token.parse(word);
      if (token.isEmpty()) {
        errors.add(
            invalid(
                "has a token that is not known: "
                    + word.replaceAll("[^!-~]", "?")
                    + "; there are "
                    + Stream.of(Token.values())
                        .map(known -> "{" + known.word + "}")
                        .collect(Collectors.joining(" "))));
      }
      parts.add(new Part(word, token));
    }
    parts.add(new Part(relative.substring(end), Optional.empty()));
    return parts;
  }

  private static void checkText(List<Part> parts, List<FieldError> errors) {
    // An x stands for a value, which is never empty and neither begins nor ends with a dot.
    String text =
        parts.stream()
            .map(part -> part.token().isPresent() ? "x" : part.text())
            .collect(Collectors.joining());
    if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
      errors.add(invalid("has a brace without its partner: write {year} or {{year}}"));
    } else if (!LITERAL.matcher(text).matches()) {
      errors.add(
          invalid(
              "has a character that is not allowed: letters without accents, digits and"
                  + " / ! - _ . * ' ( ) = @ + , : are"));
    }
    if (text.contains("//") || text.startsWith("/")) {
      errors.add(invalid("must not hold an empty part (//)"));
    }
    if (text.contains("..") || Arrays.asList(text.split("/", -1)).contains(".")) {
      errors.add(invalid("must not hold . or .. as a part, or two dots in a row"));
    }
  }

  /** The folder of one task's object: no slash at its start, one at its end, or nothing. */
  public String render(Task task) {
    StringBuilder folder = new StringBuilder();
    for (Part part : parts) {
      folder.append(part.token().map(token -> value(token, task)).orElse(part.text()));
    }
    return folder.toString();
  }

  /** How the folder of every task of an organization begins, as far as that can be known. */
  public String startFor(OrganizationId organization) {
    StringBuilder start = new StringBuilder();
    for (Part part : parts) {
      if (part.token().isPresent() && part.token().get() != Token.ORGANIZATION_ID) {
        break;
      }
      start.append(part.token().isPresent() ? escape(organization.value()) : part.text());
    }
    return start.toString();
  }

  /**
   * The key of one task's object: the same for every attempt and every replay, and no other task's.
   * It begins with the delivery, so that whoever knows a delivery finds its objects; the task id
   * tells apart what two destinations, or two organizations, keep in one folder.
   */
  public String key(Task task) {
    return render(task) + task.deliveryId() + "." + task.taskId() + ".json";
  }

  private static String value(Token token, Task task) {
    return switch (token) {
      case ORGANIZATION_ID -> escape(task.organizationId().value());
      case DELIVERY_ID -> task.deliveryId().toString();
      case DESTINATION_ID -> escape(task.destinationId().value());
      case TYPE -> escape(task.payloadType());
      case YEAR -> String.format(Locale.ROOT, "%04d", utc(task.createdAt()).getYear());
      case MONTH -> twoDigits(utc(task.createdAt()).getMonthValue());
      case DAY -> twoDigits(utc(task.createdAt()).getDayOfMonth());
      case HOUR -> twoDigits(utc(task.createdAt()).getHour());
      case MINUTE -> twoDigits(utc(task.createdAt()).getMinute());
    };
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static String twoDigits(int value) {
    return String.format(Locale.ROOT, "%02d", value);
  }

  /** A value as a part of a key; never empty, at most {@value #MAX_VALUE_LENGTH} characters. */
  static String escape(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < bytes.length; i++) {
      boolean innerDot = bytes[i] == '.' && isPlain(bytes, i - 1) && isPlain(bytes, i + 1);
      if (isPlain(bytes, i) || innerDot) {
        escaped.append((char) bytes[i]);
      } else {
        escaped.append('!').append(String.format(Locale.ROOT, "%02X", bytes[i] & 0xff));
      }
    }
    if (escaped.length() > MAX_VALUE_LENGTH) {
      String hash = Hashing.sha256Hex(bytes).substring(0, HASH_DIGITS);
      return escaped.substring(0, MAX_VALUE_LENGTH - HASH_DIGITS - 1) + "!" + hash;
    }
    // No value is empty by the rules, but a folder must not collapse when one is.
    return escaped.length() == 0 ? "!" : escaped.toString();
  }

  private static boolean isPlain(byte[] bytes, int i) {
    if (i < 0 || i >= bytes.length) {
      return false;
    }
    int c = bytes[i];
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private static FieldError invalid(String message) {
    return new FieldError(FIELD, DestinationRules.INVALID_VALUE, message);
  }
}
