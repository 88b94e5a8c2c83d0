package io.waybill.soak;

import io.waybill.app.Main;
import io.waybill.testkit.ChildJvm;
import java.util.ArrayList;
import java.util.List;

/** Starts the processes of a run; what each prints goes to a file of the run. */
final class Children {
  /**
   * Brokers and receivers have machines of their own elsewhere. Here a broker that starts would get
   * a quarter of the CPU while everything else starts again and again.
   */
  private static final int BEHIND_BROKERS = 10;

  private Children() {}

  /** A process of Waybill. */
  static ChildJvm startWaybill(
      RunFiles files, String name, List<String> jvmArguments, String... args) {
    return ChildJvm.start(
        launch(files, name, Main.class, jvmArguments, args).withNiceness(BEHIND_BROKERS));
  }

  /** What is beside it. */
  static ChildJvm start(
      RunFiles files, String name, Class<?> main, List<String> jvmArguments, String... args) {
    return ChildJvm.start(launch(files, name, main, jvmArguments, args));
  }

  private static ChildJvm.Launch launch(
      RunFiles files, String name, Class<?> main, List<String> jvmArguments, String... args) {
    List<String> jvm = new ArrayList<>(jvmArguments);
    // As what is shipped: not what a test's class path has beside it.
    jvm.add("-Dlogback.configurationFile=logback.xml");
    return ChildJvm.Launch.of(main, files.logs().resolve(name + ".log"), args)
        .withJvmArguments(jvm.toArray(new String[0]));
  }
}
