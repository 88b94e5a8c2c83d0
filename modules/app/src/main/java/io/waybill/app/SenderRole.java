package io.waybill.app;

import io.waybill.sender.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sender as a role. Its start waits for its views, so it has a thread of its own. */
final class SenderRole implements RunningRole {
  private static final Logger LOG = LoggerFactory.getLogger(SenderRole.class);

  private enum State {
    NEW,
    STARTING,
    STARTED,
    FAILED
  }

  private final String name;
  private final Sender sender;
  private final BooleanSupplier channelRuns;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  /**
   * @param channelRuns whether the sender's channel can send at all; the sender does not ask, for
   *     it sees only outcomes
   */
  SenderRole(String name, Sender sender, BooleanSupplier channelRuns) {
    this.name = name;
    this.sender = sender;
    this.channelRuns = channelRuns;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    state.set(State.STARTING);
    Thread.ofPlatform()
        .name("waybill-start-" + name)
        .start(() -> {
          try {
            sender.start();
            state.set(State.STARTED);
          } catch (RuntimeException | Error e) {
            // An Error too: a role that seems to start for ever would be taken for healthy.
            state.set(State.FAILED);
            LOG.atError().addKeyValue("role", name).setCause(e).log("sender did not start");
          }
        });
  }

  @Override
  public List<String> whyUnhealthy() {
    return switch (state.get()) {
      case NEW, STARTING -> List.of();
      // What is only waited for, the registry say, heals by itself: a restart would not help.
      case STARTED -> withChannel(sender.health().threadProblems());
      case FAILED -> List.of("the sender did not start; the log says why");
    };
  }

  @Override
  public List<String> whyNotReady() {
    return switch (state.get()) {
      case NEW -> List.of("the sender has not been started");
      case STARTING -> List.of("the sender reads destinations, controls and health");
      case STARTED -> {
        List<String> problems = withChannel(sender.health().problems());
        yield problems.isEmpty() && !sender.health().isAssigned()
            ? List.of("the group has not given it its partitions yet")
            : problems;
      }
      case FAILED -> whyUnhealthy();
    };
  }

  private List<String> withChannel(List<String> problems) {
    List<String> all = new ArrayList<>(problems);
    if (!channelRuns.getAsBoolean()) {
      all.add("the channel has ended and sends nothing");
    }
    return List.copyOf(all);
  }

  @Override
  public void close() {
    sender.close();
  }
}
