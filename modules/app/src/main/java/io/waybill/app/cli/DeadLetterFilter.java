package io.waybill.app.cli;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which dead letters are meant. */
final class DeadLetterFilter {
  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Option(
      names = "--reason",
      split = ",",
      paramLabel = "CODE",
      description = "With one of these reason codes, for example attempts-exhausted.")
  private List<Reason> reasons = new ArrayList<>();

  @Option(names = "--destination", paramLabel = "ID", description = "To this destination.")
  private Optional<DestinationId> destination = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      description = "Not older than this, for example 30m, 2h or 7d.")
  private Optional<Duration> since = Optional.empty();

  @Option(
      names = "--until",
      paramLabel = "DURATION",
      description = "Older than this: --since 7d --until 1d leaves out the last day.")
  private Optional<Duration> until = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "To destinations of this type: webhook, email or storage.")
  private Optional<DestinationType> type = Optional.empty();

  /** Whose dead letters are meant, when only one organization's are. */
  Optional<OrganizationId> organization() {
    return organization.organization();
  }

  /** Whether it is known to be another organization's than the one that is meant. */
  boolean isForeign(DeadLetter letter) {
    return letter.organizationId().isPresent() && !organization.lets(letter.organizationId());
  }

  boolean matches(DeadLetter letter, Instant now) {
    return organization.lets(letter.organizationId())
        && (reasons.isEmpty() || reasons.contains(letter.reason()))
        && destination
            .map(wanted -> letter.task().filter(t -> t.destinationId().equals(wanted)).isPresent())
            .orElse(true)
        && type.map(wanted ->
                letter.task().filter(task -> task.destinationType() == wanted).isPresent())
            .orElse(true)
        && since.map(age -> !letter.diedAt().isBefore(now.minus(age))).orElse(true)
        && until.map(age -> letter.diedAt().isBefore(now.minus(age))).orElse(true);
  }
}
