package io.waybill.app;

import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.status.AlertCarrier;
import io.waybill.status.AlertRules;
import io.waybill.status.AutoDisable;
import io.waybill.status.Debounce;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The sections {@code autoDisable} and {@code alerts}. */
final class MonitoringSection {
  static final Set<String> AUTO_DISABLE_KEYS =
      Set.of("enabled", "failures", "failingFor", "warnAt");
  static final Set<String> ALERT_KEYS =
      Set.of(
          "failureRate",
          "consecutiveFailures",
          "backlog",
          "latency",
          "measuredOver",
          "leastAttempts",
          "debounce",
          "off",
          "destinations");

  private static final Set<String> DEBOUNCE_KEYS = Set.of("window", "cooldown", "maximum");
  private static final Set<String> CARRIER_KEYS =
      Set.of("organizationId", "destinationId", "about");
  private static final Set<String> KIND_WORDS =
      Arrays.stream(AlertKind.values()).map(AlertKind::word).collect(Collectors.toSet());
  private static final String ALL = "*";

  private static final int HIGHEST_COUNT = 1_000_000_000;
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  private MonitoringSection() {}

  static AutoDisable autoDisable(ConfigSection section) {
    AutoDisable usual = AutoDisable.defaults();
    return new AutoDisable(
        section.flag("enabled", usual.enabled()),
        section.number("failures", usual.failures(), 1, HIGHEST_COUNT),
        section.millis("failingFor", usual.failingFor(), SHORTEST, LONGEST),
        positiveShare(section, "warnAt", usual.warnAt()));
  }

  static AlertRules alerts(ConfigSection section) {
    AlertRules usual = AlertRules.defaults();
    return new AlertRules(
        positiveShare(section, "failureRate", usual.failureRate()),
        section.number("consecutiveFailures", usual.consecutiveFailures(), 1, HIGHEST_COUNT),
        section.number("backlog", (int) usual.backlog(), 1, HIGHEST_COUNT),
        section.millis("latency", usual.latency(), Duration.ofMillis(1), LONGEST),
        section.millis("measuredOver", usual.measuredOver(), SHORTEST, LONGEST),
        section.number("leastAttempts", usual.leastAttempts(), 1, HIGHEST_COUNT),
        debounce(section, usual.debounce()),
        section.each("destinations", CARRIER_KEYS, MonitoringSection::carrier));
  }

  private static Map<AlertKind, Debounce> debounce(
      ConfigSection section, Map<AlertKind, Debounce> usual) {
    Map<AlertKind, Debounce> all = new EnumMap<>(usual);
    ConfigSection kinds = section.sectionOrEmpty("debounce", KIND_WORDS);
    usual.forEach((kind, debounce) ->
        all.put(kind, debounce(kinds.sectionOrEmpty(kind.word(), DEBOUNCE_KEYS), debounce)));
    for (String word : section.texts("off")) {
      if (!KIND_WORDS.contains(word)) {
        throw section.wrong(
            "off", "must hold kinds of alerts, which are " + KIND_WORDS.stream().sorted().toList());
      }
      all.remove(AlertKind.parse(word));
    }
    return all;
  }

  private static Debounce debounce(ConfigSection section, Debounce usual) {
    return new Debounce(
        section.millis("window", usual.window(), SHORTEST, LONGEST),
        section.millis("cooldown", usual.cooldown(), SHORTEST, LONGEST),
        section.number("maximum", usual.maximum(), 1, Debounce.HIGHEST_MAXIMUM));
  }

  private static AlertCarrier carrier(ConfigSection section) {
    OrganizationId organization =
        organization(section, "organizationId", section.text("organizationId"));
    DestinationId destination =
        DestinationId.parse(section.text("destinationId"))
            .orElseThrow(() ->
                section.wrong(
                    "destinationId",
                    "must be the id of a destination, as waybill destinations list shows it"));
    List<String> about = section.texts("about");
    if (about.isEmpty()) {
      return AlertCarrier.ofOwn(organization, destination);
    }
    return new AlertCarrier(
        organization,
        destination,
        about.contains(ALL)
            ? Optional.empty()
            : Optional.of(
                about.stream()
                    .map(text -> organization(section, "about", text))
                    .collect(Collectors.toSet())));
  }

  private static OrganizationId organization(ConfigSection section, String key, String text) {
    return OrganizationId.parse(text)
        .orElseThrow(() -> section.wrong(key, "must be " + OrganizationId.FORM_IN_WORDS));
  }

  private static double positiveShare(ConfigSection section, String key, double byDefault) {
    double share = section.share(key, byDefault);
    if (share == 0) {
      throw section.wrong(key, "must be above 0");
    }
    return share;
  }
}
