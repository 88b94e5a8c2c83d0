package io.waybill.soak;

import io.waybill.testkit.ChildJvm;
import java.util.ArrayList;
import java.util.List;

/** Starts the processes of a run; what each prints goes to a file of the run. */
final class Children {
  private Children() {}

  static ChildJvm start(
      RunFiles files, String name, Class<?> main, List<String> jvmArguments, String... args) {
    List<String> jvm = new ArrayList<>(jvmArguments);
    // As what is shipped: not what a test's class path has beside it.
    jvm.add("-Dlogback.configurationFile=logback.xml");
    return ChildJvm.start(
        ChildJvm.Launch.of(main, files.logs().resolve(name + ".log"), args)
            .withJvmArguments(jvm.toArray(new String[0])));
  }
}
