package io.waybill.client;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OrganizationId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A request that is on its way. Its id is known at once; whatever else there is to know is asked
 * for when it is wanted, and costs nothing until then. Safe to share between threads.
 */
public final class Delivery {
  private final Deliveries deliveries;
  private final DeliveryId id;
  private final OrganizationId organizationId;
  private final long readFrom;
  private final Publisher.Published published;
  private volatile CompletableFuture<Acceptance> acceptance;

  Delivery(Deliveries deliveries, DeliveryId id, OrganizationId organizationId, long readFrom) {
    this.deliveries = deliveries;
    this.id = id;
    this.organizationId = organizationId;
    this.readFrom = readFrom;
    this.published = new Publisher.Published(id);
    this.acceptance = NOT_ASKED;
  }

  private static final CompletableFuture<Acceptance> NOT_ASKED = new CompletableFuture<>();

  public DeliveryId id() {
    return id;
  }

  public OrganizationId organizationId() {
    return organizationId;
  }

  /**
   * Complete when all in-sync replicas have the request: from then on it ends accepted, rejected or
   * duplicate, whatever is killed. It fails with a {@link WaybillException} when that is not known;
   * delivering again with the same {@link RequestBuilder#deliveryId} is then safe, for it is one
   * delivery. Completed on the producer's thread: what takes time belongs into {@code thenAsync}.
   */
  public CompletableFuture<DeliveryId> published() {
    return published;
  }

  /**
   * What fan-out makes of it. Asking starts the client's reader when nobody did before. It stays
   * incomplete for as long as Waybill does not run; a time limit is the caller's ({@code
   * orTimeout}). It fails when {@link #published} does. Completed on the reader's thread.
   */
  public CompletableFuture<Acceptance> acceptance() {
    CompletableFuture<Acceptance> asked = acceptance;
    if (asked != NOT_ASKED) {
      return asked;
    }
    synchronized (this) {
      if (acceptance == NOT_ASKED) {
        acceptance = deliveries.acceptance(this);
      }
      return acceptance;
    }
  }

  /**
   * Waits until it has ended, as {@link WaybillClient#await} does.
   *
   * @throws NoAnswerException when the time is over before
   */
  public DeliveryStatus await(Duration within) {
    return deliveries.await(this, within);
  }

  /** The same, for the producer. */
  Publisher.Published publishing() {
    return published;
  }

  long readFrom() {
    return readFrom;
  }

  /** For a delivery that is watched from the start. */
  void accept(CompletableFuture<Acceptance> watched) {
    acceptance = watched;
  }

  @Override
  public String toString() {
    return "Delivery[" + id + ", " + organizationId + "]";
  }
}
