package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Pattern UP = Pattern.compile("up (\\S+)");
  @TempDir Path folder;

  /** Prints its environment, and stays. */
  static final class Stays {
    public static void main(String[] args) throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook ran")));
      System.out.println("environment " + System.getenv());
      System.out.println("up " + args[0]);
      new CountDownLatch(1).await();
    }
  }

  /** Fails. */
  static final class Fails {
    public static void main(String[] args) {
      throw new IllegalArgumentException("no such thing: " + args[0]);
    }
  }

  /** Has a child of its own, so that the child's parent can be killed. */
  static final class HasAChild {
    public static void main(String[] args) throws InterruptedException {
      ChildJvm child =
          ChildJvm.start(ChildJvm.Launch.of(Stays.class, Path.of(args[0]), "grandchild"));
      child.awaitLine(UP, SOON);
      System.out.println("up " + child.pid());
      new CountDownLatch(1).await();
    }
  }

  @Test
  void terminatesInOrder() throws Exception {
    Path output = folder.resolve("out");
    try (ChildJvm child =
        ChildJvm.start(
            ChildJvm.Launch.of(Stays.class, output, "here")
                .withEnvironment(Map.of("ONLY", "this")))) {
      assertThat(child.awaitLine(UP, SOON).group(1)).isEqualTo("here");
      assertThat(child.lines()).contains("environment {ONLY=this}");
      assertThat(child.terminate(SOON)).isEqualTo(143);
      child.awaitLine(Pattern.compile("hook ran"), SOON);
      assertThat(Files.readString(output)).contains("up here").contains("hook ran");
    }
  }

  @Test
  void isKilledWithoutAWord() {
    try (ChildJvm child =
        ChildJvm.start(ChildJvm.Launch.of(Stays.class, folder.resolve("out"), "here"))) {
      child.awaitLine(UP, SOON);
      child.kill();
      assertThat(child.isAlive()).isFalse();
      assertThatThrownBy(() -> child.awaitLine(Pattern.compile("hook ran"), SOON))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("ended before");
    }
  }

  @Test
  void aFailureShowsWhy() {
    try (ChildJvm child =
        ChildJvm.start(ChildJvm.Launch.of(Fails.class, folder.resolve("out"), "x"))) {
      assertThatThrownBy(() -> child.awaitLine(UP, SOON))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("no such thing: x");
      assertThat(child.awaitExit(SOON)).isEqualTo(1);
    }
  }

  @Test
  void endsWithAKilledParent() {
    try (ChildJvm parent =
        ChildJvm.start(
            ChildJvm.Launch.of(
                HasAChild.class, folder.resolve("out"), folder.resolve("inner").toString()))) {
      long grandchild = Long.parseLong(parent.awaitLine(UP, SOON).group(1));
      ProcessHandle handle = ProcessHandle.of(grandchild).orElseThrow();
      assertThat(handle.isAlive()).isTrue();
      parent.kill();
      Awaitility.await().atMost(SOON).until(() -> !handle.isAlive());
    }
  }
}
