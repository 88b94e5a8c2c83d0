package io.waybill.app;

import io.waybill.sender.Sender;
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
          } catch (RuntimeException e) {
            state.set(State.FAILED);
            LOG.atError().addKeyValue("role", name).setCause(e).log("sender did not start");
          }
        });
  }

  @Override
  public boolean isReady() {
    return state.get() == State.STARTED && sender.health().isReady() && channelRuns.getAsBoolean();
  }

  @Override
  public boolean isHealthy() {
    return switch (state.get()) {
      case NEW, STARTING -> true;
      case STARTED -> works();
      case FAILED -> false;
    };
  }

  private boolean works() {
    // What is only waited for, the registry say, heals by itself: a restart would not help.
    return channelRuns.getAsBoolean() && sender.health().isAlive();
  }

  @Override
  public void close() {
    sender.close();
  }
}
