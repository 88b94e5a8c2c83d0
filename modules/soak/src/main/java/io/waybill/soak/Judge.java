package io.waybill.soak;

import io.waybill.checker.Checker;
import io.waybill.checker.CheckerException;
import io.waybill.checker.Report;
import io.waybill.checker.TopicDump;
import io.waybill.checker.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Judges a run from its files: the histories in its folder, and the brokers' own. */
final class Judge {
  /** The last statuses may be a moment behind the receivers. */
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(3);

  private Judge() {}

  /** With brokers and a registry that hold what the run left. */
  static Verdict judge(RunFiles files, String bootstrapServers, String registryUrl) {
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    while (true) {
      Verdict verdict = judgeNow(files, bootstrapServers, registryUrl);
      if (verdict.report().passed() || System.nanoTime() > deadline) {
        return verdict;
      }
      Saboteur.sleep(BETWEEN_LOOKS);
    }
  }

  private static Verdict judgeNow(RunFiles files, String bootstrapServers, String registryUrl) {
    try {
      Topics topics =
          TopicDump.read(Map.of("bootstrap.servers", bootstrapServers), URI.create(registryUrl));
      Evidence evidence = Evidence.read(files);
      if (evidence.history().submitted().isEmpty() || evidence.history().received().isEmpty()) {
        throw new SoakException("nothing was submitted or received: there is nothing to judge");
      }
      return judge(evidence, topics);
    } catch (CheckerException e) {
      throw new SoakException("the topics or histories cannot be judged: " + e.getMessage(), e);
    }
  }

  static Verdict judge(Evidence evidence, Topics topics) {
    Repeated repeated = new Repeated(evidence.history().received(), evidence.happened(), topics);
    Report report = Checker.check(evidence.history(), topics, repeated.bounds());
    var unexplained = repeated.unexplained();
    return new Verdict(
        evidence, report, new Measures(evidence).bounds(report, unexplained), unexplained);
  }

  /** Of a run that is over: brokers and registry are started again on its folder. */
  static Verdict judgeAgain(RunFiles files) {
    Run run = Run.read(RunFiles.readJson(files.run()));
    try (Cluster cluster = new Cluster(files, run.brokers())) {
      cluster.start();
      return judge(files, cluster.bootstrapServers(), cluster.registryUrl());
    }
  }
}
