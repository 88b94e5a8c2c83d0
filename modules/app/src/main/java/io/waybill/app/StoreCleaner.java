package io.waybill.app;

import io.waybill.app.cli.CliException;
import io.waybill.app.cli.ObjectCleaner;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.storage.CleanUpException;
import io.waybill.channel.storage.CleanUpReport;
import io.waybill.channel.storage.CleanUpWatcher;
import io.waybill.channel.storage.StorageChannel;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.NameResolver;
import io.waybill.secrets.Opener;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;

/** Cleans up with the channel that senders have, made as senders make it. */
final class StoreCleaner implements ObjectCleaner {
  private final Clock clock;

  StoreCleaner(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Result run(Wish wish, Watcher watcher) {
    ChannelTester.Rules rules = Startup.explained(() -> ChannelTester.rules(wish.operator()));
    CredentialSource credentials =
        wish.keyset()
            .<CredentialSource>map(keyset -> new SealedCredentials(new Opener(keyset)))
            .orElse((secrets, config) -> new CredentialSource.Opened(Map.of()));
    try (AddressGuard guard =
            new AddressGuard(
                NameResolver.ofJdk(),
                rules.allowed(),
                rules.sending().allowedPorts(),
                1,
                rules.sending().egressProxy());
        StorageChannel channel =
            new Channels(rules.sending(), guard, clock).storageChannel(credentials)) {
      CleanUpReport report =
          channel.cleanUp(wish.destination(), wish.secrets(), wish.deletes(), telling(watcher));
      return new Result(
          report.removed(),
          report.notYet(),
          report.held(),
          report.others(),
          report.failed(),
          report.unfinished());
    } catch (CleanUpException e) {
      throw CliException.failed(String.valueOf(e.getMessage()));
    }
  }

  private static CleanUpWatcher telling(Watcher watcher) {
    return new CleanUpWatcher() {
      @Override
      public void due(String key, Instant removableAfter) {
        watcher.due(key, removableAfter);
      }

      @Override
      public void unfinished(String key, Instant begunAt) {
        watcher.unfinished(key, begunAt);
      }

      @Override
      public void failed(String key, String why) {
        watcher.failed(key, why);
      }
    };
  }
}
