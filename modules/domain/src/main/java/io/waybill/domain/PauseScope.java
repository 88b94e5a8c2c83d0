package io.waybill.domain;

/** What a pause covers. While it stands, no attempt of its tasks begins. */
public sealed interface PauseScope {
  /** The key of its pause on the control topic, and of the commands about it. */
  String key();

  /** What kind of thing it is: {@code destination}, {@code organization} or {@code type}. */
  String word();

  /** Which one of its kind: an id, or a type's word. */
  String id();

  /**
   * The tasks of one destination.
   *
   * @param owner whose it is, as the destinations topic has it
   */
  record OfDestination(DestinationId destinationId, OrganizationId owner) implements PauseScope {
    @Override
    public String key() {
      return Control.DestinationPaused.keyOf(destinationId);
    }

    @Override
    public String word() {
      return "destination";
    }

    @Override
    public String id() {
      return destinationId.value();
    }
  }

  /** All tasks of one organization. */
  record OfOrganization(OrganizationId organizationId) implements PauseScope {
    @Override
    public String key() {
      return Control.OrganizationPaused.keyOf(organizationId);
    }

    @Override
    public String word() {
      return "organization";
    }

    @Override
    public String id() {
      return organizationId.value();
    }
  }

  /** All tasks of one destination type, whosever they are. */
  record OfType(DestinationType type) implements PauseScope {
    @Override
    public String key() {
      return Control.TypePaused.keyOf(type);
    }

    @Override
    public String word() {
      return "type";
    }

    @Override
    public String id() {
      return type.word();
    }
  }
}
