package io.waybill.app.cli;

import io.waybill.domain.AlertKind;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads the words of the domain from the command line. */
final class Converters {
  private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private Converters() {}

  static void register(CommandLine command) {
    command.registerConverter(Duration.class, Converters::duration);
    command.registerConverter(DeliveryId.class, Converters::deliveryId);
    command.registerConverter(DestinationId.class, Converters::destinationId);
    command.registerConverter(OrganizationId.class, Converters::organizationId);
    command.registerConverter(Reason.class, Converters::reason);
    command.registerConverter(AlertKind.class, Converters::alertKind);
    command.registerConverter(DestinationType.class, Converters::destinationType);
    command.registerConverter(OverallState.class, Converters::overallState);
  }

  static Duration duration(String text) {
    Matcher matcher = SHORT_DURATION.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        case "h" -> Duration.ofHours(amount);
        default -> Duration.ofDays(amount);
      };
    }
    try {
      Duration parsed = Duration.parse(text.toUpperCase(Locale.ROOT));
      if (!parsed.isNegative()) {
        return parsed;
      }
    } catch (DateTimeParseException e) {
      // Falls through to the one message for every other form.
    }
    throw new TypeConversionException(
        "'" + text + "' is not a duration: write 500ms, 30s, 15m, 2h or 7d");
  }

  static DeliveryId deliveryId(String text) {
    return DeliveryId.parse(text)
        .orElseThrow(() ->
            new TypeConversionException("'" + text + "' is not a delivery id, which is a UUID"));
  }

  static DestinationId destinationId(String text) {
    return DestinationId.parse(text)
        .orElseThrow(() ->
            new TypeConversionException(
                "'" + text + "' is not a destination id: 1 to 64 characters of A-Z a-z 0-9 . _ -"));
  }

  static OrganizationId organizationId(String text) {
    return OrganizationId.parse(text)
        .orElseThrow(() ->
            new TypeConversionException(
                "'" + text + "' is not an organization id: " + OrganizationId.FORM_IN_WORDS));
  }

  static Reason reason(String text) {
    Reason reason = Reason.parse(text);
    if (reason == Reason.UNKNOWN && !text.equals(Reason.UNKNOWN.code())) {
      throw new TypeConversionException(
          "'" + text + "' is not a reason code such as attempts-exhausted or invalid-field");
    }
    return reason;
  }

  static DestinationType destinationType(String text) {
    return DestinationType.parse(text)
        .orElseThrow(() ->
            new TypeConversionException(
                "'" + text + "' is not a type of destination: webhook, email or storage"));
  }

  static OverallState overallState(String text) {
    return Arrays.stream(OverallState.values())
        .filter(state -> state.word().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + text
                    + "' is not a state of a delivery; there are "
                    + Arrays.stream(OverallState.values())
                        .map(OverallState::word)
                        .collect(Collectors.joining(", "))));
  }

  static AlertKind alertKind(String text) {
    return Arrays.stream(AlertKind.values())
        .filter(kind -> kind.word().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + text
                    + "' is not a kind of alert; there are "
                    + Arrays.stream(AlertKind.values())
                        .map(AlertKind::word)
                        .collect(Collectors.joining(", "))));
  }
}
