package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.client.plan.CommandRefusal;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.wire.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReplayRunTest {
  private final Map<Replay.Candidate, Task> tasks = new HashMap<>();
  private final List<Replay.Candidate> all = Stream.generate(this::dead).limit(3).toList();
  private final Map<Replay.Candidate, ReplayStanding> now = new HashMap<>();
  private final Map<Replay.Candidate, ReplayStanding> news = new HashMap<>();
  private final Set<Replay.Candidate> gone = new HashSet<>();
  private final List<Task> sent = new ArrayList<>();
  private final Refusing refusals = new Refusing();
  private Runnable whenSent = () -> {};

  private Replay.Candidate dead() {
    Task task = Samples.task(DeliveryId.random(), "acme");
    Replay.Candidate candidate =
        new Replay.Candidate(
            new TopicPartition(Topics.DEAD_LETTERS, 0),
            tasks.size(),
            task.taskId(),
            task.deliveryId(),
            task.organizationId(),
            task.destinationId().value(),
            task.generation(),
            Reason.MAX_AGE);
    tasks.put(candidate, task);
    return candidate;
  }

  /** What has happened is known when it is read. */
  private final class Known implements Standings {
    @Override
    public ReplayStanding of(Replay.Candidate candidate) {
      return now.getOrDefault(candidate, ReplayStanding.DEAD);
    }

    @Override
    public void catchUp() {
      now.putAll(news);
    }

    @Override
    public void poll(Duration within) {
      now.putAll(news);
    }

    @Override
    public void close() {}
  }

  private final class Read implements Letters {
    private final Iterator<Replay.Candidate> left;

    Read(List<Replay.Candidate> wanted) {
      left = wanted.iterator();
    }

    @Override
    public boolean hasNext() {
      return left.hasNext();
    }

    @Override
    public Letter next() {
      Replay.Candidate one = left.next();
      return new Letter(one, Optional.of(tasks.get(one)).filter(_ -> !gone.contains(one)));
    }

    @Override
    public void close() {}
  }

  /** Refuses what it was told to. */
  private static final class Refusing implements Refusals {
    private final Map<UUID, CommandRefusal> known = new HashMap<>();
    private final Map<UUID, CommandRefusal> news = new HashMap<>();
    private final Set<UUID> expected = new HashSet<>();

    @Override
    public void expect(UUID commandId) {
      expected.add(commandId);
    }

    @Override
    public void poll() {
      known.putAll(news);
    }

    @Override
    public Optional<CommandRefusal> of(UUID commandId) {
      return Optional.ofNullable(known.get(commandId))
          .filter(refusal -> expected.contains(refusal.commandId()));
    }

    @Override
    public void close() {}
  }

  /** The status takes what is sent. */
  private final class Taking implements ReplayRun.Outbox {
    @Override
    public UUID send(Task task) {
      UUID command = UUID.randomUUID();
      sent.add(task);
      all.stream()
          .filter(one -> one.taskId().equals(task.taskId()))
          .forEach(one -> news.put(one, ReplayStanding.REPLAYED));
      whenSent.run();
      return command;
    }

    @Override
    public void flush() {}
  }

  private ReplayRun found() {
    return new ReplayRun(all, false, false, new Known(), Read::new, new Taking(), refusals);
  }

  private static Map<Replay.Candidate, Replay.Result> run(ReplayRun run) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return run.run(Duration.ofSeconds(10), new Progress("replayed", 3, false, nowhere));
  }

  @Test
  void whatOthersDidBeforeTheYesIsNotDoneAgain() {
    try (ReplayRun run = found()) {
      assertThat(run.dead()).isEqualTo(all);
      news.put(all.get(0), ReplayStanding.REPLAYED);
      news.put(all.get(1), ReplayStanding.STOOD_IN);

      assertThat(run(run))
          .containsEntry(all.get(0), Replay.Result.ALREADY_REPLAYED)
          .containsEntry(all.get(1), Replay.Result.STOOD_IN)
          .containsEntry(all.get(2), Replay.Result.REPLAYED);
    }
    assertThat(sent).containsExactly(tasks.get(all.get(2)));
  }

  @Test
  void whatChangesWhileOthersAreSentIsSeen() {
    whenSent = () -> news.put(all.get(1), ReplayStanding.STOOD_IN);

    try (ReplayRun run = found()) {
      assertThat(run(run))
          .containsEntry(all.get(0), Replay.Result.REPLAYED)
          .containsEntry(all.get(1), Replay.Result.STOOD_IN)
          .containsEntry(all.get(2), Replay.Result.REPLAYED);
    }
    assertThat(sent).containsExactly(tasks.get(all.get(0)), tasks.get(all.get(2)));
  }

  @Test
  void aLetterThatIsGoneIsAResult() {
    gone.add(all.get(0));

    try (ReplayRun run = found()) {
      assertThat(run(run))
          .containsEntry(all.get(0), Replay.Result.GONE)
          .containsEntry(all.get(1), Replay.Result.REPLAYED)
          .containsEntry(all.get(2), Replay.Result.REPLAYED);
    }
    assertThat(ReplayReport.isFailure(Replay.Result.GONE)).isTrue();
  }

  /** More than are under way at a time, and then one that is taken. */
  @Test
  void refusedLettersMakeRoomForTheNext() {
    List<Replay.Candidate> many =
        new ArrayList<>(Stream.generate(this::dead).limit(1_200).toList());
    Replay.Candidate good = many.get(many.size() - 1);
    ReplayRun.Outbox refusing =
        new ReplayRun.Outbox() {
          @Override
          public UUID send(Task task) {
            UUID command = UUID.randomUUID();
            if (task.taskId().equals(good.taskId())) {
              news.put(good, ReplayStanding.REPLAYED);
            } else {
              refusals.news.put(command, new CommandRefusal(command, "type-not-served"));
            }
            return command;
          }

          @Override
          public void flush() {}
        };

    try (ReplayRun run =
        new ReplayRun(many, false, false, new Known(), Read::new, refusing, refusals)) {
      Map<Replay.Candidate, Replay.Result> results = run(run);

      assertThat(results.remove(good)).isEqualTo(Replay.Result.REPLAYED);
      assertThat(results.values()).hasSize(1_199).containsOnly(Replay.Result.REFUSED);
      assertThat(run.refusals()).hasSize(1_199);
      assertThat(run.refusals().get(many.get(0)).words()).contains("no sender");
    }
    assertThat(ReplayReport.isFailure(Replay.Result.REFUSED)).isTrue();
  }

  @Test
  void whatIsRefusedBecauseSomebodyElseReplayedItIsToldSo() {
    ReplayRun.Outbox late =
        new ReplayRun.Outbox() {
          @Override
          public UUID send(Task task) {
            UUID command = UUID.randomUUID();
            refusals.news.put(command, new CommandRefusal(command, "not-failed"));
            return command;
          }

          @Override
          public void flush() {}
        };
    Standings behind =
        new Standings() {
          private int looked;

          @Override
          public ReplayStanding of(Replay.Candidate candidate) {
            return looked > 1 ? ReplayStanding.REPLAYED : ReplayStanding.DEAD;
          }

          @Override
          public void catchUp() {
            looked++;
          }

          @Override
          public void poll(Duration within) {}

          @Override
          public void close() {}
        };

    try (ReplayRun run =
        new ReplayRun(all.subList(0, 1), false, false, behind, Read::new, late, refusals)) {
      assertThat(run(run)).containsEntry(all.get(0), Replay.Result.ALREADY_REPLAYED);
      assertThat(run.refusals()).isEmpty();
    }
  }

  @Test
  void theReportSaysWhyInWordsAndByCode() {
    StringWriter table = new StringWriter();
    StringWriter json = new StringWriter();
    Map<Replay.Candidate, Replay.Result> results = Map.of(all.get(0), Replay.Result.REFUSED);
    Map<Replay.Candidate, CommandRefusal> why =
        Map.of(all.get(0), new CommandRefusal(UUID.randomUUID(), "other-payload"));
    ReplayReport report = new ReplayReport(new PrintWriter(Writer.nullWriter()), Optional.empty());

    report.print(results, why, Output.TABLE, Duration.ZERO, new PrintWriter(table));
    report.print(results, why, Output.JSON, Duration.ZERO, new PrintWriter(json));

    assertThat(table.toString()).contains("refused, nothing was sent: the dead letter holds");
    assertThat(json.toString()).contains("\"refused\"").contains("\"other-payload\"");
  }
}
