package io.waybill.channel.storage;

import io.waybill.channel.Attempt;
import io.waybill.channel.Bugs;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.guard.AddressGuard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Writes objects: one attempt is one conditional PUT, or several parts of a large object, and a
 * look at the object when there is one already. Each attempt has a virtual thread, which its
 * deadline interrupts. Outcomes complete on that thread or the timer's; dependents must not block.
 *
 * <p>An object is never overwritten, so a repeated attempt costs nothing but the request: storage
 * is effectively once.
 */
public final class StorageChannel implements Channel {
  private static final Logger log = LoggerFactory.getLogger(StorageChannel.class);

  private final Keys keys;
  private final PlatformCredentials platform;
  private final GuardedHttpClient http;
  private final Stores stores;
  private final Roles roles;
  private final InstantSource clock;
  private final Upload.Shared shared;
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Running> underWay = ConcurrentHashMap.newKeySet();

  private StorageChannel(
      StorageSettings settings,
      CredentialSource credentials,
      PlatformCredentials platform,
      AddressGuard guard,
      InstantSource clock,
      SSLContext sslContext) {
    this.keys = new Keys(credentials, platform);
    this.platform = platform;
    this.http = new GuardedHttpClient(settings, guard, sslContext);
    this.stores = new Stores(http);
    this.roles = new Roles(stores, clock);
    this.clock = clock;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("waybill-storage-timer").factory());
    // Nearly every deadline is called off; without this each would hold its data till then.
    timer.setRemoveOnCancelPolicy(true);
    this.shared = new Upload.Shared(new Locks(clock), settings.parts(), timer);
  }

  /**
   * A running channel.
   *
   * @param platform the operator's own credentials, for destinations without any
   * @param guard shared with other channels, not closed here
   * @param clock tells until when objects are kept
   * @param sslContext whom to trust; {@link SSLContext#getDefault} trusts what the JVM trusts
   */
  public static StorageChannel start(
      StorageSettings settings,
      CredentialSource credentials,
      PlatformCredentials platform,
      AddressGuard guard,
      InstantSource clock,
      SSLContext sslContext) {
    return new StorageChannel(settings, credentials, platform, guard, clock, sslContext);
  }

  @Override
  public DestinationType type() {
    return DestinationType.STORAGE;
  }

  @Override
  public CompletionStage<Outcome> send(Attempt attempt) {
    return start(attempt, false);
  }

  /** Asks for the bucket with the destination's credentials; nothing is written. */
  @Override
  public CompletionStage<Outcome> probe(Attempt attempt) {
    return start(attempt, true);
  }

  private CompletionStage<Outcome> start(Attempt attempt, boolean probing) {
    long startedAt = System.nanoTime();
    if (!(attempt.destination().config() instanceof StorageConfig config)) {
      return CompletableFuture.completedFuture(
          new Outcome.Permanent(
              Reason.TYPE_MISMATCH,
              "the destination is not object storage",
              Duration.ofNanos(System.nanoTime() - startedAt)));
    }
    Running running = new Running(attempt, config, probing, startedAt);
    try {
      start(running, config.timeout());
    } catch (Throwable bug) {
      // Throwable: a caller that gets no outcome waits for ever, and its partition with it.
      running.onBug(bug);
    }
    // A copy: whoever completes it must not end the attempt.
    return running.result.copy();
  }

  private void start(Running running, Duration timeout) {
    ScheduledFuture<?> deadline;
    try {
      deadline =
          timer.schedule(
              running::onDeadline, timeout.minus(running.took()).toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nothing was sent, and the attempt may be made elsewhere.
      running.onClose();
      return;
    }
    underWay.add(running);
    var _ =
        running.result.whenComplete((outcome, failure) -> {
          deadline.cancel(false);
          underWay.remove(running);
        });
    if (timer.isShutdown()) {
      // Closing may have looked at the attempts under way before this one joined them.
      running.onClose();
      return;
    }
    running.thread.start();
  }

  /**
   * Removes, or only looks for, objects of a destination whose day has come: those that it wrote
   * itself, that say so, and that no lock keeps; and uploads that nobody ended. Only where its
   * {@code autoCleanup} is on. Blocks until all of its folder was looked at; each request has the
   * destination's time.
   *
   * @param deletes whether they are removed; otherwise they are only told
   * @param watcher told of each object before it is removed
   * @throws CleanUpException when it cannot begin or go on, saying why in words without a secret
   */
  public CleanUpReport cleanUp(
      Destination destination,
      DestinationSecrets secrets,
      boolean deletes,
      CleanUpWatcher watcher) {
    StorageConfig config = CleanUp.configOf(destination);
    String host = Stores.host(config);
    InTime inTime = new InTime(timer, config.timeout(), host);
    AwsCredentials own =
        switch (keys.of(destination, secrets, config)) {
          case Keys.Found.Usable(AwsCredentials usable) -> usable;
          case Keys.Found.NotNow(Reason _, String message) -> throw new CleanUpException(message);
          case Keys.Found.Never(Reason _, String message) -> throw new CleanUpException(message);
        };
    try {
      return inTime.run(() ->
          switch (inTime.call(() -> roles.assume(destination, secrets, config, own))) {
            case Roles.Assumed.As(AwsCredentials session) ->
                new CleanUp(stores.of(config), config, destination, session, clock, inTime)
                    .run(deletes, watcher);
            case Roles.Assumed.Not(Upload.Result.Refused why) ->
                throw new CleanUpException(why.message());
          });
    } catch (SdkException broken) {
      throw new CleanUpException(
          Failures.of(broken, host)
              .map(Failures.Failure::message)
              .orElse(host + " did not answer as a store does"));
    }
  }

  /** One attempt under way. Whatever ends it first sets the outcome; the rest is ignored. */
  private final class Running {
    private final Attempt attempt;
    private final StorageConfig config;
    private final boolean probing;
    private final long startedAt;
    private final CompletableFuture<Outcome> result = new CompletableFuture<>();
    private final Thread thread = Thread.ofVirtual().name("waybill-storage").unstarted(this::run);

    Running(Attempt attempt, StorageConfig config, boolean probing, long startedAt) {
      this.attempt = attempt;
      this.config = config;
      this.probing = probing;
      this.startedAt = startedAt;
    }

    private void run() {
      // Its time may be over before it began; then nobody interrupted this thread.
      if (result.isDone()) {
        return;
      }
      try {
        send();
      } catch (Throwable thrown) {
        onThrown(thrown);
      }
    }

    private void send() {
      String problems = Upload.problems(config);
      if (!problems.isEmpty()) {
        refuse(true, Reason.INVALID_FIELD, problems);
        return;
      }
      if (config.provider() == StorageConfig.Provider.LOCAL) {
        sendToFolder();
        return;
      }
      switch (keys.of(attempt.destination(), attempt.secrets(), config)) {
        case Keys.Found.Usable usable -> assume(usable.credentials());
        case Keys.Found.NotNow(Reason reason, String message) -> refuse(false, reason, message);
        case Keys.Found.Never(Reason reason, String message) -> refuse(true, reason, message);
      }
    }

    private void sendToFolder() {
      OrganizationId organization = attempt.destination().organizationId();
      platform
          .findRoot(organization, config)
          .ifPresentOrElse(
              root ->
                  finish(
                      probing ? FileWrite.probe(root) : new FileWrite(root, config, attempt).run()),
              () ->
                  refuse(
                      true,
                      Reason.INVALID_FIELD,
                      "config.storage.config.root "
                          + PlatformCredentials.noRoot(organization, config)));
    }

    private void assume(AwsCredentials own) {
      finish(
          switch (roles.assume(attempt.destination(), attempt.secrets(), config, own)) {
            case Roles.Assumed.As(AwsCredentials session) -> run(session);
            case Roles.Assumed.Not(Upload.Result.Refused why) -> why;
          });
    }

    private Upload.Result run(AwsCredentials credentials) {
      return probing
          ? new Probe(
                  stores.of(config), config, attempt.destination().organizationId(), credentials)
              .run()
          : new Upload(stores.of(config), config, attempt, credentials, shared).run();
    }

    private void finish(Upload.Result ended) {
      switch (ended) {
        case Upload.Result.Stored(String answer, String reference) ->
            result.complete(new Outcome.Delivered(answer, Optional.of(reference), took()));
        case Upload.Result.Refused refused -> {
          if (refused.clockSkew()) {
            log.atWarn()
                .addKeyValue("host", Stores.host(config))
                .log("clock differs from the object store's");
          }
          refuse(refused.forGood(), refused.reason(), refused.message(), refused.retryAfter());
        }
      }
    }

    private void onThrown(Throwable thrown) {
      Failures.of(thrown, Stores.host(config))
          .ifPresentOrElse(
              failure -> refuse(failure.forGood(), failure.reason(), failure.message()),
              () -> onBug(thrown));
    }

    /** The attempt's time is over. */
    void onDeadline() {
      String time = " within " + config.timeout().toMillis() + " ms";
      if (http.isWithTheProxy(thread)) {
        refuse(
            false,
            Reason.EGRESS_UNAVAILABLE,
            "the operator's egress proxy let nothing through" + time);
      } else {
        refuse(false, Reason.TIMEOUT, Stores.host(config) + " did not answer" + time);
      }
      thread.interrupt();
    }

    /** The channel closes. */
    void onClose() {
      refuse(false, Reason.CONNECTION_LOST, "this sender was stopped before the object was stored");
      thread.interrupt();
    }

    void onBug(Throwable bug) {
      // What comes after the deadline's interruption is its consequence.
      if (!result.isDone()) {
        log.atError()
            .setCause(Bugs.withoutMessages(bug))
            .addKeyValue("taskId", attempt.task().taskId())
            .addKeyValue("destinationId", attempt.destination().id())
            .addKeyValue("attempt", attempt.number())
            .log("storage channel failed");
      }
      refuse(false, Reason.CHANNEL_ERROR, "the storage channel itself failed; its log says where");
    }

    boolean refuse(boolean forGood, Reason reason, String message) {
      return refuse(forGood, reason, message, Optional.empty());
    }

    private boolean refuse(
        boolean forGood, Reason reason, String message, Optional<Duration> retryAfter) {
      return result.complete(
          forGood
              ? new Outcome.Permanent(reason, message, took())
              : new Outcome.Transient(reason, message, retryAfter, took()));
    }

    Duration took() {
      return Duration.ofNanos(System.nanoTime() - startedAt);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    underWay.forEach(Running::onClose);
    stores.close();
    http.close();
  }
}
