package io.waybill.app.cli;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which deliveries are meant. */
final class DeliveryFilter {
  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Option(
      names = "--state",
      split = ",",
      paramLabel = "STATE",
      description = "In one of these states, for example failed,partial.")
  private List<OverallState> states = new ArrayList<>();

  @Option(
      names = "--destination",
      paramLabel = "ID",
      description = "To this destination, also as a fallback.")
  private Optional<DestinationId> destination = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "To a destination of this type: webhook, email or storage.")
  private Optional<DestinationType> type = Optional.empty();

  @Option(
      names = "--payload-type",
      paramLabel = "WORD",
      description = "With this payload type, for example report.")
  private Optional<String> payloadType = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      description = "Changed within this time, for example 30m, 2h or 7d.")
  private Optional<Duration> since = Optional.empty();

  boolean matches(DeliveryStatus status, Instant now) {
    return organization.lets(status.organizationId())
        && (states.isEmpty() || states.contains(status.state()))
        && destination
            .map(wanted ->
                status.destinations().stream()
                    .anyMatch(one -> one.destinationId().equals(wanted.value())))
            .orElse(true)
        && type.map(wanted ->
                status.destinations().stream()
                    .anyMatch(one -> one.type().equals(Optional.of(wanted))))
            .orElse(true)
        && payloadType.map(status.summary().type()::equals).orElse(true)
        && since.map(age -> !status.updatedAt().isBefore(now.minus(age))).orElse(true);
  }
}
