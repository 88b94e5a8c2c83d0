package io.waybill.destinations;

import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.config;
import static io.waybill.destinations.Samples.sealed;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides commands about one destination among others that a test makes up. */
abstract class DecisionsFixture {
  static final int QUOTA = 3;
  static final Instant LATER = NOW.plusSeconds(60);

  final Others others = new Others();
  private final DestinationDecisions decisions =
      new DestinationDecisions(QUOTA, this::operatorRules);

  /** What the operator does not allow; a test may fill it. */
  final List<FieldError> notAllowed = new ArrayList<>();

  private List<FieldError> operatorRules(OrganizationId organization, DestinationConfig config) {
    return organization.equals(ORG) ? notAllowed : List.of();
  }

  final Decision decide(DestinationCommand command, Optional<Registered> current) {
    return decisions.decide(command, current, others, LATER);
  }

  static Registered existing() {
    return existing(config("X-Api-Key"), List.of(sealed("x-api-key", "first")));
  }

  static Registered existing(DestinationConfig config, List<SealedField> secrets) {
    return new Registered(
        new Destination(
            ID,
            ORG,
            "reports",
            Optional.of("for reports"),
            config,
            Fallback.none(),
            false,
            true,
            false,
            4,
            NOW,
            NOW),
        secrets);
  }

  static Registered deleted() {
    return new Registered(Changes.deleted(existing().destination(), NOW), List.of());
  }

  static Decision.Changed changed(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Changed.class);
    return (Decision.Changed) decision;
  }

  static Decision.Refused refused(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    return (Decision.Refused) decision;
  }

  static List<String> codes(Decision decision) {
    return refused(decision).errors().stream().map(FieldError::code).toList();
  }

  /** An organization's other destinations, as a test wants them. */
  static final class Others implements Surroundings {
    final Map<String, DestinationId> labels = new HashMap<>();
    final Set<DestinationId> liveIds = new HashSet<>();
    long live;
    Holder holder = Holder.NOBODY;

    @Override
    public Optional<DestinationId> labelled(OrganizationId organization, String label) {
      return Optional.ofNullable(labels.get(label));
    }

    @Override
    public boolean isLive(OrganizationId organization, DestinationId id) {
      return organization.equals(ORG) && liveIds.contains(id);
    }

    @Override
    public long live(OrganizationId organization) {
      return live;
    }

    @Override
    public Holder holder(OrganizationId organization, DestinationId id) {
      return holder;
    }
  }
}
