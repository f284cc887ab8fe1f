/** On while each new step of an episode under way is shown as it comes. */
export function FollowSwitch({ following, onFollow }: { following: boolean; onFollow: (follow: boolean) => void }) {
  return (
    <button
      type="button"
      role="switch"
      class="follow"
      aria-checked={following}
      onClick={() => onFollow(!following)}
      title={following ? "Each new step is shown as it comes" : "Go to the newest step, and on with each new one"}
    >
      <span class="lamp" aria-hidden="true" /> Follow
    </button>
  );
}
