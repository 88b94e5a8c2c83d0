package io.waybill.client;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Waybill from a Java program: destinations, deliveries and what becomes of them. Make one per
 * process and share it; every method may be called by many threads at once.
 *
 * <pre>{@code
 * try (WaybillClient waybill =
 *     WaybillClient.builder()
 *         .bootstrapServers("localhost:9092")
 *         .schemaRegistry("http://localhost:8081")
 *         .keyset(Path.of("keyset.json"))
 *         .build()) {
 *   SavedDestination siem = waybill.createDestination(
 *       DestinationSpec.webhook("hospital-001", "SIEM").url("https://siem.hospital.com/events"));
 *   Delivery delivery = waybill.deliver(
 *       request("hospital-001", "report").to(siem).data(Map.of("totalEvents", 1250)));
 *   delivery.await(Duration.ofMinutes(1));
 * }
 * }</pre>
 *
 * <p>It has one producer, and one thread that reads; that thread and its consumer start when
 * something is first asked that needs an answer. Methods that wait for an answer take at most
 * {@link WaybillClientBuilder#answerWithin}, and throw a {@link WaybillException}: {@link
 * RefusedException} when the rules or the installation say no, {@link NotFoundException}, {@link
 * NoAnswerException} when the time is over. A client of one organization ({@link
 * WaybillClientBuilder#organization}) does not find what is another's. They throw an {@link
 * IllegalStateException} when they are called after {@link #close} or from a {@link
 * StatusListener}.
 */
public final class WaybillClient implements AutoCloseable {
  private final Publisher publisher;
  private final TopicFeed feed;
  private final Deliveries deliveries;
  private final DeliveryCommands commands;
  private final Optional<Destinations> destinations;

  WaybillClient(
      Publisher publisher,
      TopicFeed feed,
      Deliveries deliveries,
      DeliveryCommands commands,
      Optional<Destinations> destinations) {
    this.publisher = publisher;
    this.feed = feed;
    this.deliveries = deliveries;
    this.commands = commands;
    this.destinations = destinations;
  }

  /** Where Kafka is, and what else it needs. */
  public static WaybillClientBuilder builder() {
    return new WaybillClientBuilder();
  }

  // Destinations

  private Destinations destinations() {
    return destinations.orElseThrow(NoRegistry::none);
  }

  /**
   * Creates a destination and returns when it has been decided: requests may name it from then on.
   * Its credentials are sealed before anything is published.
   *
   * @return with the signing secret that was made for it, if one was: the only time it is shown
   * @throws RefusedException with everything that is wrong, a label that is taken among it
   */
  public SavedDestination createDestination(DestinationSpec spec) {
    return destinations().create(spec);
  }

  /**
   * Creates the destination, or updates the one of the same organization and label, or leaves it
   * alone when it is so already: for programs that say at every start what they need.
   */
  public SavedDestination applyDestination(DestinationSpec spec) {
    return destinations().apply(spec);
  }

  /**
   * Gives a destination a whole new configuration; {@link DestinationSpec#KEEP} keeps a credential.
   * Deliveries under way use it from their next attempt on.
   */
  public SavedDestination updateDestination(DestinationId id, DestinationSpec spec) {
    return destinations().update(id, spec);
  }

  /** Lets a destination join the organization's defaults, or leave them; returns its version. */
  public long setDefault(DestinationId id, boolean isDefault) {
    return destinations()
        .change(
            id, new DestinationCommand.SetDefault(isDefault, OptionalLong.empty()), "setDefault");
  }

  /** Takes requests again after {@link #disable}, or after it was switched off by itself. */
  public long enable(DestinationId id) {
    return destinations().change(id, new DestinationCommand.Enable(OptionalLong.empty()), "enable");
  }

  /** Takes no new requests, and lets what is under way wait. */
  public long disable(DestinationId id) {
    return destinations()
        .change(id, new DestinationCommand.Disable(OptionalLong.empty()), "disable");
  }

  /** Deletes it for good; what is under way to it ends as cancelled. */
  public void deleteDestination(DestinationId id) {
    destinations()
        .change(id, new DestinationCommand.Delete(OptionalLong.empty()), "deleteDestination");
  }

  /** One destination, without its credentials. */
  public Optional<Destination> destination(DestinationId id) {
    return destinations().find(id);
  }

  /** The destinations of an organization by label, without their credentials. */
  public List<Destination> destinations(OrganizationId organization) {
    return destinations().of(organization);
  }

  // Deliveries

  /**
   * Publishes a request. The id is known when this returns; that Kafka has the request, and what
   * fan-out makes of it, are futures of the result.
   *
   * <p>Back-pressure: when the producer's {@code buffer.memory} (64 MiB unless configured) is full,
   * this blocks until there is room, for {@code max.block.ms} (a minute) at most; then {@link
   * Delivery#published} fails. So a loop over any number of requests is held to what Kafka takes.
   *
   * @throws RefusedException when the request is not valid, or is of another organization than the
   *     client's; nothing is published
   */
  public Delivery deliver(RequestBuilder request) {
    return deliveries.deliver(request.build(), !request.hasOwnId(), request.trace());
  }

  /** The same for a request that is valid already. */
  public Delivery deliver(DeliveryRequest request) {
    return deliveries.deliver(request);
  }

  /** Returns when everything delivered so far is acknowledged or has failed. */
  public void flush() {
    publisher.flush();
  }

  /**
   * The state of a delivery now, however old it is: its partition of the status topic is read to
   * the end, so this is for single questions. Nothing when there is no status, because fan-out has
   * not seen the request yet or the retention is over.
   */
  public Optional<DeliveryStatus> status(DeliveryId id) {
    return deliveries.status(id);
  }

  /**
   * Waits until nothing more happens to a delivery by itself: it is completed, partial, failed,
   * rejected, a duplicate, cancelled or expired.
   *
   * @throws NoAnswerException when the time is over before; it holds the last status
   */
  public DeliveryStatus await(DeliveryId id, Duration within) {
    return deliveries.await(id, within);
  }

  /** Hands the delivery's present state, if there is one, and every change to the listener. */
  public Subscription follow(DeliveryId id, StatusListener listener) {
    return deliveries.follow(id, listener);
  }

  /**
   * Hands every change of the organization's deliveries from now on to the listener. Changes that
   * come at once may arrive as one; the last is always among them.
   */
  public Subscription follow(OrganizationId organization, StatusListener listener) {
    return deliveries.follow(organization, Optional.empty(), listener);
  }

  /**
   * The same, and before that what was written since a time: for one who was away. Some changes
   * arrive again; of those that were compacted meanwhile the last of each delivery is left.
   */
  public Subscription follow(OrganizationId organization, Instant since, StatusListener listener) {
    return deliveries.follow(organization, Optional.of(since), listener);
  }

  /**
   * Makes no further attempt of anything in a delivery that has not ended. What is being sent at
   * this moment may still arrive.
   *
   * @return the status that shows it
   * @throws RefusedException when it has ended already, or Waybill refused it
   */
  public DeliveryStatus cancel(DeliveryId id) {
    return commands.cancel(id);
  }

  /**
   * Tries failed destinations of a delivery again, with the payload of its request.
   *
   * @param destinations which of them, where what was cancelled may be named too; none means all
   *     that failed and still need it
   * @return the status that shows them under way again
   * @throws RefusedException when there is nothing to retry, or Waybill refused it
   */
  public DeliveryStatus retry(DeliveryId id, DestinationId... destinations) {
    return commands.retry(id, Set.of(destinations));
  }

  /** Waits until everything delivered is acknowledged or has failed, and ends the threads. */
  @Override
  public void close() {
    // The producer first: what it still has to say about publications is passed on.
    publisher.close();
    feed.close();
  }
}
