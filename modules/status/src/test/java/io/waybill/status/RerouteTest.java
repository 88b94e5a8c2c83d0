package io.waybill.status;

import static io.waybill.status.Sample.ACME;
import static io.waybill.status.Sample.EVIL;
import static io.waybill.status.Sample.dead;
import static io.waybill.status.Sample.delivered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RerouteTest {
  private final StatusDriver status = new StatusDriver();
  private final Sample sample = new Sample();

  @AfterEach
  void close() {
    status.close();
  }

  private static DestinationId id(String name) {
    return new DestinationId(name);
  }

  private void reroute(Task dead, String target) {
    reroute(dead, target, DestinationType.WEBHOOK, ACME);
  }

  private void reroute(Task dead, String target, DestinationType type, OrganizationId owner) {
    status.command(
        sample.command(
            new DeliveryCommand.Reroute(dead, new FallbackTarget(id(target), type, 7), owner)));
  }

  private Task deadTask() {
    return sample.task("a", 0, Sample.DATA);
  }

  /** A delivery to these, of which a has failed. */
  private void givenFailed(String... destinations) {
    status.event(sample.accepted(destinations));
    status.event(sample.event("a", 0, 1, dead(Reason.ATTEMPTS_EXHAUSTED)));
    status.statuses();
  }

  private static DestinationStatus entry(DeliveryStatus delivery, String name) {
    return delivery.destinations().stream()
        .filter(one -> one.destinationId().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void assertRefused(String reason) {
    AuditRecord audit = status.audits().getLast();
    assertThat(audit.action()).isEqualTo("reroute-refused");
    assertThat(audit.details()).containsEntry("reason", reason);
    assertThat(status.statuses()).isEmpty();
    assertThat(status.tasks()).isEmpty();
  }

  @Test
  void anotherDestinationGetsATaskOfItsOwnAndCompletesTheDelivery() {
    givenFailed("a");

    reroute(deadTask(), "b");

    List<Task> tasks = status.tasks();
    assertThat(tasks).hasSize(1);
    Task task = tasks.getFirst();
    assertThat(task.taskId()).isEqualTo(sample.taskId("b"));
    assertThat(task.destinationId()).isEqualTo(id("b"));
    assertThat(task.destinationVersion()).isEqualTo(7);
    assertThat(task.fallbackOf()).contains(id("a"));
    assertThat(task.generation()).as("beyond all that a cancel could cover").isEqualTo(1);
    assertThat(task.attempts()).isZero();
    assertThat(task.firstDueAt()).isEqualTo(status.now());
    assertThat(task.payload()).isEqualTo(deadTask().payload());
    assertThat(task.metadata()).isEqualTo(Sample.METADATA);
    assertThat(task.correlationId()).isEqualTo(deadTask().correlationId());
    DeliveryStatus underWay = status.status();
    assertThat(underWay.state()).isEqualTo(OverallState.PROCESSING);
    assertThat(entry(underWay, "b").fallbackOf()).containsExactly(id("a"));
    AuditRecord audit = status.audits().getLast();
    assertThat(audit.action()).isEqualTo("task-rerouted");
    assertThat(audit.details())
        .containsEntry("destinationId", "a")
        .containsEntry("toDestinationId", "b")
        .containsEntry("generation", "1");

    status.event(sample.event("b", 1, 1, delivered()));

    DeliveryStatus completed = status.status();
    assertThat(completed.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(entry(completed, "a").state()).isEqualTo(DestinationState.FAILED);
    assertThat(entry(completed, "a").deliveredBy()).contains(id("b"));
  }

  @Test
  void twiceIsOnceWhateverBecameOfTheFirst() {
    givenFailed("a");

    reroute(deadTask(), "b");
    reroute(deadTask(), "b");
    assertThat(status.tasks()).hasSize(1);
    status.statuses();
    assertRefused("already-rerouted");

    status.event(sample.event("b", 1, 1, dead(Reason.GONE)));
    status.statuses();
    reroute(deadTask(), "b");
    assertRefused("already-rerouted");
  }

  @Test
  void afterItFailedThereTooAThirdOneCanHaveIt() {
    givenFailed("a");
    reroute(deadTask(), "b");
    status.event(sample.event("b", 1, 1, dead(Reason.GONE)));
    status.tasks();

    reroute(sample.task("b", 1, Sample.DATA), "c");

    assertThat(status.tasks())
        .extracting(Task::destinationId, Task::generation, Task::fallbackOf)
        .containsExactly(tuple(id("c"), 2, Optional.of(id("a"))));
    status.event(sample.event("c", 2, 1, delivered()));
    DeliveryStatus completed = status.status();
    assertThat(completed.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(entry(completed, "a").deliveredBy()).contains(id("c"));
  }

  @Test
  void twoThatFailedCanShareOneThatGetsItOnce() {
    givenFailed("a", "x");
    status.event(sample.event("x", 0, 1, dead(Reason.GONE)));
    reroute(deadTask(), "b");
    assertThat(status.tasks()).hasSize(1);

    reroute(sample.task("x", 0, Sample.DATA), "b");

    assertThat(status.tasks()).isEmpty();
    status.event(sample.event("b", 1, 1, delivered()));
    DeliveryStatus completed = status.status();
    assertThat(completed.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(entry(completed, "x").deliveredBy()).contains(id("b"));
  }

  @Test
  void nobodyElseGetsItWhileOneIsAtIt() {
    givenFailed("a");
    reroute(deadTask(), "b");
    status.tasks();
    status.statuses();

    reroute(deadTask(), "c");

    assertRefused("fallback-under-way");
  }

  @Test
  void aLargePayloadStaysInItsRequest() {
    givenFailed("a");
    var elsewhere =
        new TaskPayload.Reference(
            new RecordOrigin("somebody.elses", 0, 1), Sample.DATA.sha256(), Long.MAX_VALUE);

    reroute(deadTask().withPayload(elsewhere), "b");

    assertThat(status.tasks())
        .extracting(Task::payload, Task::metadata)
        .containsExactly(tuple(Sample.PAYLOAD, RawJson.EMPTY_OBJECT));
  }

  @Test
  void somebodyElsesDestinationIsASecurityEvent() {
    givenFailed("a");

    reroute(deadTask(), "b", DestinationType.WEBHOOK, EVIL);

    AuditRecord audit = status.audits().getLast();
    assertThat(audit.action()).isEqualTo("foreign-destination-requested");
    assertThat(audit.organizationId()).isEqualTo(ACME);
    assertThat(audit.subject()).isEqualTo("b");
    assertThat(audit.toString()).as("says not whose it is").doesNotContain("evil");
    assertThat(status.tasks()).isEmpty();
    assertThat(status.statuses()).isEmpty();
  }

  @Test
  void whatHasNotFailedOrIsNotTheSameIsRefused() {
    status.event(sample.accepted("a", "x"));
    status.statuses();
    reroute(deadTask(), "b");
    assertRefused("not-failed");

    status.event(sample.event("a", 0, 1, dead(Reason.GONE)));
    status.statuses();
    reroute(sample.task("a", 1, Sample.DATA), "b");
    assertRefused("other-generation");
    reroute(sample.task("a", 0, RawJson.of("{\"n\":2}")), "b");
    assertRefused("other-payload");
    reroute(new Sample().task("a", 0, Sample.DATA), "b");
    assertRefused("not-found");
    reroute(deadTask(), "x");
    assertRefused("named-by-the-request");
    reroute(deadTask(), "a");
    assertRefused("named-by-the-request");
    reroute(deadTask(), "b", DestinationType.STORAGE, ACME);
    assertRefused("type-not-served");
  }

  @Test
  void whatWasDeliveredInItsPlaceNeedsNobodyElse() {
    givenFailed("a");
    reroute(deadTask(), "b");
    status.event(sample.event("b", 1, 1, delivered()));
    status.tasks();
    status.statuses();

    reroute(deadTask(), "c");

    assertRefused("already-delivered");
  }
}
